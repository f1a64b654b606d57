/** The network: see network.ts, which tells in which order to read. */
export { AddressesMessage, HelloAnswer, HelloRequest, PingMessage, SESSION_HEADER } from './handshake.ts';
export { type LoggedMessage, type MessageAbout, MessageLog, type OpenMessage } from './message-log.ts';
export { MAX_ANNOUNCED_HEADERS, MAX_ANNOUNCED_TRANSACTIONS, P2P_VERSION } from './messages.ts';
export { type Offence, OFFENCES } from './misbehaviour.ts';
export { Network, type NetworkModules, type NetworkOptions } from './network.ts';
export type { NetworkCounters } from './network-counters.ts';
export type { OwnAddress } from './own-identity.ts';
export * from './peer-errors.ts';
export { P2pRefusedError, type P2pRefusalReason, type PeerService } from './peer-service.ts';
export * from './peer-url.ts';
export type * from './ports.ts';
