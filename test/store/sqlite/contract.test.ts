import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { storeContract } from "../../contract/store-contract.ts";
import { temporaryFile } from "./temporary-file.ts";

storeContract("SQLite", async () => {
  const file = await temporaryFile();
  const store = openSqliteStore(file.path);
  let open = store;
  return {
    store,
    async reopen() {
      await open.close();
      open = openSqliteStore(file.path);
      return open;
    },
    async dispose() {
      await open.close();
      await file.remove();
    },
  };
});
