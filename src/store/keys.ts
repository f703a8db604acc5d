/** An API key as the store keeps it: never the key, only its SHA-256. */
export type StoredKey = { readonly organization: string; readonly id: string; readonly hash: string; readonly createdAt: number };

export type KeyStore = {
  keys(organization: string): Promise<readonly StoredKey[]>;
  /** Writes the organization's first key; false where it has one, so that of two processes starting at once one makes it. */
  addFirst(key: StoredKey): Promise<boolean>;
  /**
   * Writes what the key of the stored secrets has sealed where nothing is there yet, and answers what is there then: whoever can open it
   * has that key. Of the store as a whole, whatever the organization.
   */
  seal(sealed: string): Promise<string>;
};
