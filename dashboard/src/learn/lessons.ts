/** All lessons, in the order in which they are best done. A new one is an entry here and a folder of its own. */
import type { Component } from 'svelte';

interface LessonWords {
  readonly title: string;
  /** One sentence. */
  readonly about: string;
}

export interface Lesson {
  /** In its address: /learn/id. */
  readonly id: string;
  readonly minutes: number;
  /** What should be done before; nobody is kept out. */
  readonly needs: readonly string[];
  /** Names of its steps, in order. Progress is kept by them, so they stay as they are. */
  readonly steps: readonly string[];
  readonly words: Readonly<Record<'en' | 'de', LessonWords>>;
  readonly load: () => Promise<{ default: Component }>;
}

export const LESSONS: readonly Lesson[] = [
  {
    id: 'hash',
    minutes: 3,
    needs: [],
    steps: ['change', 'find'],
    words: {
      en: { title: 'Hash', about: 'A fingerprint of any text: easy to make, impossible to wish for.' },
      de: { title: 'Hash', about: 'Ein Fingerabdruck jedes Textes: leicht gemacht, nie nach Wunsch.' },
    },
    load: () => import('./hash/HashLesson.svelte'),
  },
  {
    id: 'nonce-and-target',
    minutes: 4,
    needs: ['hash'],
    steps: ['hand', 'search', 'mine'],
    words: {
      en: { title: 'Nonce and target', about: 'What mining is: try numbers until the hash is small enough.' },
      de: {
        title: 'Nonce und Ziel',
        about: 'Was Schürfen ist: Zahlen probieren, bis der Hash klein genug ist.',
      },
    },
    load: () => import('./nonce/NonceLesson.svelte'),
  },
  {
    id: 'block-and-chain',
    minutes: 5,
    needs: ['nonce-and-target'],
    steps: ['copy', 'tamper', 'repair', 'count'],
    words: {
      en: {
        title: 'Block and chain',
        about: 'Tamper with a copy of your chain, and see which rule notices.',
      },
      de: {
        title: 'Block und Kette',
        about: 'Fälsche eine Kopie deiner Kette und sieh, welche Regel es merkt.',
      },
    },
    load: () => import('./block/BlockLesson.svelte'),
  },
  {
    id: 'keys-and-signatures',
    minutes: 5,
    needs: ['hash'],
    steps: ['make', 'sign', 'alter', 'coins', 'refused'],
    words: {
      en: {
        title: 'Keys and signatures',
        about: 'Who owns a coin, and how that is proved without telling the secret.',
      },
      de: {
        title: 'Schlüssel und Signaturen',
        about: 'Wem ein Coin gehört und wie man es beweist, ohne das Geheimnis zu sagen.',
      },
    },
    load: () => import('./keys/KeysLesson.svelte'),
  },
  {
    id: 'coins-and-change',
    minutes: 4,
    needs: ['keys-and-signatures'],
    steps: ['coins', 'pay', 'look', 'sum'],
    words: {
      en: { title: 'Coins and change', about: 'A payment spends whole coins and gives change back.' },
      de: {
        title: 'Coins und Wechselgeld',
        about: 'Eine Zahlung gibt ganze Coins aus und Wechselgeld zurück.',
      },
    },
    load: () => import('./coins/CoinsLesson.svelte'),
  },
  {
    id: 'merkle-proof',
    minutes: 4,
    needs: ['coins-and-change'],
    steps: ['coins', 'pay', 'climb', 'corrupt'],
    words: {
      en: { title: 'Merkle proof', about: 'Prove with a few hashes that a payment is in a block.' },
      de: {
        title: 'Merkle-Beweis',
        about: 'Beweise mit ein paar Hashes, dass eine Zahlung in einem Block ist.',
      },
    },
    load: () => import('./merkle/MerkleLesson.svelte'),
  },
  {
    id: 'mempool-and-fees',
    minutes: 4,
    needs: ['coins-and-change'],
    steps: ['coins', 'send', 'guess', 'mine'],
    words: {
      en: { title: 'Mempool and fees', about: 'Where payments wait, and why some wait less.' },
      de: { title: 'Mempool und Gebühren', about: 'Wo Zahlungen warten, und warum manche kürzer warten.' },
    },
    load: () => import('./mempool/MempoolLesson.svelte'),
  },
  {
    id: 'double-spend',
    minutes: 5,
    needs: ['mempool-and-fees'],
    steps: ['coins', 'first', 'refused', 'replace', 'mine'],
    words: {
      en: { title: 'Double spend', about: 'Try to spend one coin twice, and see who decides.' },
      de: {
        title: 'Double Spend',
        about: 'Versuch, einen Coin zweimal auszugeben, und sieh, wer entscheidet.',
      },
    },
    load: () => import('./double/DoubleLesson.svelte'),
  },
  {
    id: 'fork-and-reorg',
    minutes: 5,
    needs: ['block-and-chain'],
    steps: ['start', 'split', 'fork', 'guess', 'heal'],
    words: {
      en: {
        title: 'Fork and reorg',
        about: 'Cut a network in two, and see which side takes its blocks back.',
      },
      de: {
        title: 'Gabelung und Reorg',
        about: 'Schneide ein Netz entzwei und sieh, welche Seite ihre Blöcke zurücknimmt.',
      },
    },
    load: () => import('./fork/ForkLesson.svelte'),
  },
  {
    id: 'majority-attack',
    minutes: 8,
    needs: ['double-spend', 'fork-and-reorg'],
    steps: ['start', 'pay', 'secret', 'wait', 'overtake', 'publish', 'odds'],
    words: {
      en: { title: '51 % attack', about: 'Be the attacker: take a payment back, and learn what it costs.' },
      de: {
        title: '51-%-Angriff',
        about: 'Sei der Angreifer: Hol eine Zahlung zurück und lern, was das kostet.',
      },
    },
    load: () => import('./attack/AttackLesson.svelte'),
  },
  {
    id: 'retarget',
    minutes: 5,
    needs: ['nonce-and-target'],
    steps: ['speed', 'clamp', 'own'],
    words: {
      en: {
        title: 'Retarget',
        about: 'How a network keeps its pace, whoever mines: compute your own target again.',
      },
      de: {
        title: 'Neues Ziel',
        about: 'Wie ein Netz im Takt bleibt, wer auch immer schürft: Rechne dein eigenes Ziel nach.',
      },
    },
    load: () => import('./retarget/RetargetLesson.svelte'),
  },
];

export function lessonOf(id: string): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.id === id);
}
