/**
 * Logs: one JSON object a line, or readable text on a terminal. Secrets never get in.
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { NodeConfig } from './config.ts';

export type { Logger } from 'pino';

/** A logger as configured, writing to standard output unless told otherwise. */
export function createLogger(
  config: Pick<NodeConfig, 'logLevel' | 'logFormat' | 'nodeName'>,
  destination?: DestinationStream,
): Logger {
  const readable = config.logFormat === 'pretty' || (config.logFormat === 'auto' && process.stdout.isTTY);
  return pino(
    {
      level: config.logLevel,
      base: { node: config.nodeName },
      // Names, not levels as numbers: people and log shippers read these.
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['databaseUrl', 'apiToken', '*.databaseUrl', '*.apiToken', 'req.headers.authorization'],
        censor: '[secret]',
      },
    },
    destination ??
      (readable
        ? pretty({ sync: true, singleLine: true, ignore: 'pid,hostname,node', translateTime: 'SYS:HH:MM:ss' })
        : pino.destination({ fd: 1, sync: true })),
  );
}

/** A database address without its password, for logs. */
export function withoutPassword(databaseUrl: string): string {
  return databaseUrl.replace(/^(\w+:\/\/[^:/@]*):[^@]*@/, '$1:***@');
}
