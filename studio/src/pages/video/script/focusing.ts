/** Give the focus to a field that is about to appear, with the caret at a place in its text. */
export function focusLater(within: ParentNode | null, selector: string, caret?: number): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const field = (within ?? document).querySelector<HTMLTextAreaElement>(selector);
      field?.focus();
      if (field && caret !== undefined) field.setSelectionRange(caret, caret);
    }),
  );
}
