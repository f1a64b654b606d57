/** Where the dashboard begins. */
import { mount } from 'svelte';
import App from './App.svelte';
import { node } from './app/node.svelte.ts';
import { applyTheme } from './app/preferences.svelte.ts';
import './styles/theme.css';
import './styles/base.css';

const target = document.getElementById('app');
if (target === null) throw new Error('invariant: index.html has an element for the app');
applyTheme();
node.open();
mount(App, { target });
