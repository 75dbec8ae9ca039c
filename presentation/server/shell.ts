import type { Request } from 'express'
import type { WebApp } from './assets.ts'
import { sessionCookie } from './session.ts'
import { cookieOf } from './signed.ts'

/** Content the browser may load: this origin alone. No inline script or style anywhere; data for the first page is an inert JSON block. */
export const contentSecurityPolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'worker-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
} as const

/** The page before its data: what it needs is named in the head, so that the browser fetches it while the data is still being asked. */
export function shellHead(request: Request, app: WebApp, locale: string): string {
  const theme = cookieOf(request, 'dataapp_theme')
  const language = cookieOf(request, 'dataapp_locale') ?? locale
  const themed = theme === 'dark' || theme === 'light' ? ` data-theme="${theme}"` : ''
  const lang = language === 'en' ? 'en' : 'pt-BR'
  return `<!doctype html>
<html lang="${lang}"${themed}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>DataApp</title>
<meta name="description" content="${lang === 'en' ? "The chain's sales, live" : 'As vendas da rede, ao vivo'}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#faf9f7" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#141514" media="(prefers-color-scheme: dark)">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/icon-192.png">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="stylesheet" href="${app.style}">
<script async src="${app.early}"></script>
${(cookieOf(request, sessionCookie) === undefined ? [] : app.preload).map(path => `<link rel="modulepreload" href="${path}">`).join('\n')}
<script type="module" src="${app.script}"></script>
</head>
<body>
<noscript>${lang === 'en' ? 'DataApp needs JavaScript.' : 'O DataApp precisa de JavaScript.'}</noscript>
<div id="app"></div>
`
}

/** Data for the first page, as JSON, in a block that no browser executes. */
export function shellData(data: string): string {
  return `<script type="application/json" id="first">${data.replaceAll('<', '\\u003c')}</script>\n`
}

export const shellEnd = '</body>\n</html>\n'
