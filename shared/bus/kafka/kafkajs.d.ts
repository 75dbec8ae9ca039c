/** A part of the client that it doesn't declare. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    pending: readonly unknown[]
    scheduleCheckPendingRequests(): void
  }
}
