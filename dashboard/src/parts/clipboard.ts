/** Copying, whatever the page is allowed. */

/**
 * Puts a text into the clipboard. Pages from another machine over plain HTTP have no clipboard, only the old way: a selection.
 * @param button what was pressed: it keeps the focus, and the selection stands beside it, since a dialog lets nothing outside it be selected
 * @returns whether it worked
 */
export async function copyText(text: string, button: HTMLElement): Promise<boolean> {
  if (isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement('textarea');
  field.value = text;
  button.after(field);
  field.select();
  // Deprecated, and without a successor there.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const isDone = document.execCommand('copy');
  field.remove();
  button.focus();
  return isDone;
}
