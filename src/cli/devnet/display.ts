/** How a running devnet is shown: a live table where somebody watches, else a line for each thing that happens. */
import type { Context } from '../context.ts';
import type { DevnetEvent } from './events.ts';
import { clockText } from './events.ts';
import { LiveScreen } from './live-screen.ts';
import { tableLines } from './live-table.ts';
import type { DevnetView } from './view.ts';

export interface Display {
  onEvent(event: DevnetEvent): void;
  /** Begins to show; `view` is asked again and again. */
  start(view: () => DevnetView): void;
  /** Shows how it ended. */
  close(): void;
}

const REDRAW_MS = 500;

export function displayFor(context: Context, command: string): Display {
  const { isTerminal } = context.layout;
  return isTerminal && !context.json ? new LiveDisplay(context, command) : lineDisplay(context);
}

function lineDisplay(context: Context): Display {
  return {
    onEvent: (event) => context.item(event, () => `${clockText(event.at)}  ${event.text}`),
    start: () => undefined,
    close: () => undefined,
  };
}

class LiveDisplay implements Display {
  private readonly context: Context;
  private readonly command: string;
  private readonly screen: LiveScreen;
  private timer: NodeJS.Timeout | undefined;
  private view: (() => DevnetView) | undefined;

  constructor(context: Context, command: string) {
    this.context = context;
    this.command = command;
    this.screen = new LiveScreen(context.terminal.stdout);
  }

  onEvent(): void {
    this.draw();
  }

  start(view: () => DevnetView): void {
    this.view = view;
    this.timer = setInterval(() => this.draw(), REDRAW_MS);
    this.draw();
  }

  close(): void {
    clearInterval(this.timer);
    this.draw(true);
    this.screen.close();
  }

  private draw(hasEnded = false): void {
    if (this.view === undefined) return;
    const { columns = 80, rows = 24 } = this.context.terminal.stdout;
    this.screen.draw(
      tableLines(this.view(), { columns, rows, style: this.context.style, command: this.command, hasEnded }),
    );
  }
}
