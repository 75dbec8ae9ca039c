import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

const { prototype } = RequestQueue
const lookAgain = prototype.scheduleCheckPendingRequests

/**
 * kafkajs 2.2.4 looks every millisecond, on every connection and for ever, whether a request waits to be sent (tulios/kafkajs#1704, open). Whoever puts one among those that wait has
 * it look again by itself: with none waiting there is nothing to look for.
 */
export function lookOnlyForWaitingRequests(): void {
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) lookAgain.call(this)
  }
}
