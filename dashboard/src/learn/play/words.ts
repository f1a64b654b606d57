/** What lessons say about the play key and about mining. */
import { plural } from '../../i18n/plural.ts';

const en = {
  funds: {
    title: 'Get coins to play with',
    text: [
      'This lesson spends coins. It uses a {play key|A private key made in this page for the lessons. It is kept in this tab and nowhere else.}: when you close the tab, it is gone with its coins.',
      'New coins come from mining: each block pays a reward to its miner. A reward can be spent after {maturity|So many blocks must stand on top of it, in case its own block is lost in a reorganisation.}.',
    ],
  },
  address: 'Its address',
  spendable: 'Coins to spend',
  maturity: 'Maturity of a reward',
  blocks: (count: number, text: string) => `${text} ${plural(count, 'block', 'blocks')}`,
  mineFor: (count: number, text: string) => `Mine until it has ${text} ${plural(count, 'coin', 'coins')}`,
  have: (have: string, want: string) => `${have} of ${want} coins can be spent`,
  minedAt: (height: string) => `Block ${height} was mined.`,
  missing: (have: string, want: string) => `the play key has ${have} of ${want} spendable coins. Mine more.`,
  stop: 'Stop',
  mine: 'Mine a block',
  mining: 'Mining…',
  rewardToYou: (address: string) => `The reward goes to your address ${address}.`,
  rewardToPlayKey:
    'You have chosen no address, so the reward goes to a play key of this tab: when you close the tab, it is gone.',
  tooDear: 'The coin is not worth as much as the amount and this fee. Choose a lower rate.',
  noCoin: 'The play key has no coin to spend now. Mine in step 1, then try again.',
  waits: 'waits in the mempool',
  inBlock: (height: string) => `in block ${height}`,
  gone: 'unknown to the node',
};

const de: typeof en = {
  funds: {
    title: 'Hol dir Coins zum Spielen',
    text: [
      'Diese Lektion gibt Coins aus. Sie nimmt einen {Spielschlüssel|Ein privater Schlüssel, in dieser Seite für die Lektionen gemacht. Er steht in diesem Tab und sonst nirgends.}: Schließt du den Tab, ist er mit seinen Coins weg.',
      'Neue Coins kommen vom Schürfen: Jeder Block bezahlt den, der ihn schürft. Eine Belohnung lässt sich nach ihrer {Reifezeit|So viele Blöcke müssen auf ihr stehen, falls ihr eigener Block bei einer Reorganisation verloren geht.} ausgeben.',
    ],
  },
  address: 'Seine Adresse',
  spendable: 'Coins zum Ausgeben',
  maturity: 'Reifezeit einer Belohnung',
  blocks: (count, text) => `${text} ${plural(count, 'Block', 'Blöcke')}`,
  mineFor: (count, text) => `Schürfen, bis er ${text} ${plural(count, 'Coin', 'Coins')} hat`,
  have: (have, want) => `${have} von ${want} Coins lassen sich ausgeben`,
  minedAt: (height) => `Block ${height} ist geschürft.`,
  missing: (have, want) => `Der Spielschlüssel hat ${have} von ${want} Coins zum Ausgeben. Schürfe mehr.`,
  stop: 'Aufhören',
  mine: 'Einen Block schürfen',
  mining: 'Schürfe…',
  rewardToYou: (address) => `Die Belohnung geht an deine Adresse ${address}.`,
  rewardToPlayKey:
    'Du hast keine Adresse gewählt, also geht die Belohnung an einen Spielschlüssel dieses Tabs: Schließt du den Tab, ist sie weg.',
  tooDear: 'Der Coin ist weniger wert als der Betrag und diese Gebühr zusammen. Wähle eine niedrigere Rate.',
  noCoin:
    'Der Spielschlüssel hat gerade keinen Coin zum Ausgeben. Schürfe in Schritt 1, dann versuch es noch einmal.',
  waits: 'wartet im Mempool',
  inBlock: (height) => `in Block ${height}`,
  gone: 'dem Node unbekannt',
};

export const words = { en, de };
