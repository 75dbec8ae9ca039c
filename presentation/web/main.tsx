import { render } from 'preact'
import { App } from './app.tsx'
import { followLinks } from './location.ts'
import './style.css'

document.addEventListener('click', followLinks)
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
