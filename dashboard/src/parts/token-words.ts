/** What the form for the API token says, which is loaded when it is asked for. */

const en = {
  title: 'API token of this node',
  why: 'Mining and peers are for the owner of the node. From another machine, or with ADMIN_ACCESS=token, the owner shows the token that the node was started with (API_TOKEN).',
  label: 'Token',
  kept: 'It is kept for this tab only, and goes only with calls that need it.',
  use: 'Use it',
  checking: 'Asking the node…',
  wrong: 'This is not the token of the node.',
  form: 'A token has letters, digits and signs of ASCII, and no spaces.',
  forget: 'Forget it',
  cancel: 'Cancel',
};

const de: typeof en = {
  title: 'API-Token dieses Nodes',
  why: 'Schürfen und Peers sind Sache des Besitzers. Von einem anderen Rechner aus, oder mit ADMIN_ACCESS=token, zeigt er das Token, mit dem der Node gestartet wurde (API_TOKEN).',
  label: 'Token',
  kept: 'Es bleibt nur in diesem Tab und geht nur mit Aufrufen mit, die es brauchen.',
  use: 'Nehmen',
  checking: 'Frage den Node…',
  wrong: 'Das ist nicht das Token des Nodes.',
  form: 'Ein Token hat Buchstaben, Ziffern und Zeichen aus ASCII, keine Leerzeichen.',
  forget: 'Vergessen',
  cancel: 'Abbrechen',
};

export const words = { en, de };
