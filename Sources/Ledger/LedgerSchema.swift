internal import GRDB

/// The tables, named for people who look with `sqlite3`. They hold only what happened: a unit without a row
/// was never handed out.
enum LedgerSchema {
    /// "Tlth": tells our files from others.
    static let applicationID = 0x546c_7468
    static let version = 1

    static func create(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS unit (
                    name TEXT PRIMARY KEY,
                    generation INTEGER NOT NULL,
                    attempt INTEGER NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('open', 'leased', 'done', 'failed', 'quarantined')),
                    worker TEXT NOT NULL DEFAULT '',
                    node TEXT NOT NULL DEFAULT '',
                    cause TEXT NOT NULL DEFAULT '',
                    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
                ) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS completion (
                    unit TEXT PRIMARY KEY,
                    generation INTEGER NOT NULL,
                    attempt INTEGER NOT NULL,
                    node TEXT NOT NULL,
                    values_sha256 TEXT NOT NULL,
                    receipt TEXT NOT NULL,
                    row_sha256 TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS failure (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    unit TEXT NOT NULL,
                    generation INTEGER NOT NULL,
                    attempt INTEGER NOT NULL,
                    worker TEXT NOT NULL,
                    node TEXT NOT NULL,
                    is_retriable INTEGER NOT NULL,
                    is_loss INTEGER NOT NULL,
                    cause TEXT NOT NULL,
                    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
                );
                CREATE TABLE IF NOT EXISTS conflict (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    unit TEXT NOT NULL,
                    generation INTEGER NOT NULL,
                    kept_attempt INTEGER NOT NULL,
                    kept_node TEXT NOT NULL,
                    kept_values_sha256 TEXT NOT NULL,
                    other_attempt INTEGER NOT NULL,
                    other_node TEXT NOT NULL,
                    other_values_sha256 TEXT NOT NULL,
                    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
                );
                CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(version);
                """)
    }

    /// Throws when the file is not sound, and when it is sound but not for us to write.
    static func check(_ database: Database, path: String) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard application == 0 || application == applicationID else {
            throw LedgerDamage(what: "it is another program's database")
        }
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw LedgerError(
                "\(path) was written by a newer Tilth (format \(found)): use that one for this run")
        }
        let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard check == "ok" else { throw LedgerDamage(what: check) }
    }
}
