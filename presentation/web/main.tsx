import { render } from 'preact'
import { App } from './app.tsx'
import { finishSignOut } from './call.ts'
import { keepViews } from './kept.ts'
import { followLinks } from './location.ts'
import './style.css'

document.addEventListener('click', followLinks)
void finishSignOut()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
keepViews()
