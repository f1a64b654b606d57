/** Where the dashboard begins. */
import { mount } from 'svelte';
import App from './App.svelte';
import { node } from './app/node.svelte.ts';
import { applyTheme } from './app/preferences.svelte.ts';
import './styles/theme.css';
import './styles/elements.css';
import './styles/layout.css';
// After the layout: how a thing stands has the last word.
import './styles/states.css';

const target = document.getElementById('app');
if (target === null) throw new Error('invariant: index.html has an element for the app');
applyTheme();
node.open();
mount(App, { target });
