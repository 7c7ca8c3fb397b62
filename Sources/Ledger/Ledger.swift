internal import Foundation
internal import GRDB

/// What happened to every unit: an index over the receipts, in SQLite.
///
/// One process has it open, on one thread; `locking_mode=EXCLUSIVE` keeps the write-ahead log out of shared
/// memory, so it works on network file systems. A damaged file is moved aside and rebuilt from the receipt
/// logs.
public final class Ledger {
    /// One line when the file was damaged and a new one was begun; `reconcile` must fill it.
    public let notice: String?
    let path: String
    private let queue: DatabaseQueue

    /// Opens or makes the ledger; throws when another process has it.
    public init(path: String) throws {
        self.path = path
        do {
            (queue, notice) = (try Self.open(path), nil)
        } catch let damage as LedgerDamage {
            let aside = try Self.moveAside(path)
            queue = try Self.open(path)
            notice = "\(path) was damaged (\(damage.what)): moved to \(aside), and rebuilt from the receipts"
        }
    }

    /// Writes everything in one transaction: all of it happened, or none. It is on disk when this returns.
    public func record(_ entries: [LedgerEntry]) throws {
        try writing("record \(entries.count) entries") { database in
            for entry in entries { try LedgerWriter(database: database).write(entry) }
        }
    }

    /// A fact about the run as a whole; nil when it was never set.
    public func meta(_ key: String) throws -> String? {
        try reading("read '\(key)'") {
            try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
        }
    }

    /// Sets a fact about the run as a whole.
    public func setMeta(_ key: String, _ value: String) throws {
        try writing("set '\(key)'") {
            try $0.execute(
                sql: "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                arguments: [key, value])
        }
    }

    /// Folds the write-ahead log back and closes the file.
    public func close() throws {
        try queue.close()
    }

    /// Errors of `body`'s own pass as they are; those of SQLite become one line.
    func reading<Value>(_ attempted: String, _ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.read(body)
        } catch let error as DatabaseError {
            throw LedgerError(path: path, attempted: attempted, error: error)
        }
    }

    func writing<Value>(_ attempted: String, _ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.write(body)
        } catch let error as DatabaseError {
            throw LedgerError(path: path, attempted: attempted, error: error)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(1)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try LedgerSchema.check($0, path: path) }
            try queue.write { try LedgerSchema.create($0) }
            return queue
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw LedgerDamage(what: error.message ?? "not a database")
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                throw LedgerError(
                    "\(path) is in use by another coordinator of this run: a run has one; stop it first, or "
                        + "ask it with `tilth status`")
            default: throw LedgerError(path: path, attempted: "open the ledger", error: error)
            }
        }
    }

    private static func moveAside(_ path: String) throws -> String {
        var number = 1
        while FileManager.default.fileExists(atPath: "\(path).damaged-\(number)") { number += 1 }
        let aside = "\(path).damaged-\(number)"
        do {
            try FileManager.default.moveItem(atPath: path, toPath: aside)
            for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix)
            }
        } catch {
            throw LedgerError(
                "\(path) is damaged, and cannot be moved to \(aside): move it away, then start again")
        }
        return aside
    }
}

/// What is wrong with a ledger file.
struct LedgerDamage: Error {
    let what: String
}
