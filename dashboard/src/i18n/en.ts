/** What the page says, in English. The other languages have the shape of this one. */

export const en = {
  languageName: 'English',
  skip: 'Skip to the content',
  nav: {
    label: 'Pages',
    chain: 'Chain',
    mempool: 'Mempool',
    mine: 'Mine',
    network: 'Network',
    charts: 'Charts',
    wallet: 'Wallet',
    learn: 'Learn',
    tools: 'Tools',
    api: 'API',
  },
  search: {
    label: 'Search',
    placeholder: 'Height, hash, address  ( / )',
    go: 'Find',
    searching: 'Searching…',
    nothing: (tried: string) => `Nothing found. Tried as: ${tried}.`,
    notUnderstood:
      'A height is a number, a hash or txid has 64 hex digits, an address 40. This is none of them.',
    asHeight: 'height of a block',
    asBlock: 'hash of a block',
    asTx: 'transaction id',
    asAddress: 'address',
    close: 'Close',
  },
  connection: {
    connecting: 'Connecting…',
    live: 'Live',
    reconnecting: (time: string) => `Reconnecting — data from ${time}`,
    reconnectingEmpty: 'Reconnecting…',
    closed: 'Not connected',
  },
  theme: { label: 'Theme', auto: 'Auto', light: 'Light', dark: 'Dark' },
  language: 'Language',
  loading: 'Loading…',
  retry: 'Retry',
  failed: 'That did not work',
  lostScript: 'a part of this page did not come. Is the node there?',
  behind: 'the call behind this',
  token: {
    enter: 'Enter the API token…',
    short: 'Token',
    inUse: 'API token in use: change or forget it',
  },
  copy: { copy: 'Copy', copied: '✓ Copied', failed: '✕ Not copied' },
  reward: {
    current: (short: string) => `Rewards go to ${short}`,
    change: 'Change',
  },
  notFound: {
    title: 'No such page',
    text: (path: string) => `There is nothing at ${path}.`,
    home: 'Back to the chain',
  },
  status: {
    active: 'on the active chain',
    'valid-fork': 'stale',
    'headers-only': 'header only',
    invalid: 'invalid',
    you: 'you',
    minedByYou: 'mined by you',
  },
};

export type Messages = typeof en;
