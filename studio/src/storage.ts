// What this browser remembers. Storage may be full, or switched off: then nothing is remembered, and nothing breaks.

const PREFIX = "lectern.";

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Nothing is lost but the memory of it.
  }
}

/** A stored JSON value; the fallback if there is none, or `check` does not take it for one. */
export function readStoredJson<T>(key: string, check: (value: unknown) => value is T, fallback: T): T {
  const text = readStored(key);
  if (text === null) return fallback;
  try {
    const value: unknown = JSON.parse(text);
    return check(value) ? value : fallback;
  } catch {
    return fallback;
  }
}
