import Foundation
import GRDB
import Ledger
import Tiling

/// A ledger file of one test, removed at its end.
final class FreshLedger {
    let folder: String
    var path: String { "\(folder)/ledger.sqlite" }

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.appending(path: "tilth-ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func open() throws -> Ledger { try Ledger(path: path) }

    /// What somebody does to a closed ledger behind our back.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// What a person sees who asks a closed ledger with `sqlite3`.
    func rows(_ sql: String) throws -> [[String]] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? "" }
            }
        }
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
}

extension Ledger {
    /// All units by name.
    func table() throws -> [String: UnitRow] {
        var table: [String: UnitRow] = [:]
        _ = try units { table[$0.unit] = $0 }
        return table
    }

    /// Takes one receipt as if a log held it; true when the ledger lacked it.
    func adopt(_ receipt: Receipt) throws -> Bool {
        try reconcile(recipe: receipt.recipe) { adopt in
            try adopt(receipt, CanonicalJSON.bytes(receipt))
        }.addedCount == 1
    }

    func row(_ unit: String) throws -> UnitRow? { try table()[unit] }
}

let recipe = Digest(of: "recipe")
let unitA = "predict/x1y1/2016-01"
let unitB = "predict/x2y1/2016-01"

func attempt(_ number: UInt32, generation: UInt32 = 1) -> Attempt {
    Attempt(unit: UnitID(stage: .predict, place: 1, block: 1), generation: generation, number: number)
}

func receipt(
    _ unit: String = unitA, generation: UInt32 = 1, attempt: UInt32 = 1, node: String = "node-1",
    values: String = "values", recipe: Digest = recipe
) -> Receipt {
    Receipt(
        unit: unit, generation: generation, attempt: attempt, worker: "worker-\(node)", node: node,
        software: "test",
        recipe: recipe, inputs: [], outputs: [],
        values: [
            ValueDigest(layer: "surface", day: Day(number: 16801), sha256: Digest(of: values), validCount: 3)
        ],
        missing: [], seconds: ["predict": 0.1], finishedAt: "2026-01-01T00:00:00Z")
}

func completed(_ receipt: Receipt) -> LedgerEntry {
    .completed(
        receipt.unit, attempt: attempt(receipt.attempt, generation: receipt.generation),
        worker: receipt.worker,
        node: receipt.node, values: receipt.valuesDigest, receipt: CanonicalJSON.bytes(receipt))
}

func failed(_ unit: String, _ attempt: Attempt, isRetriable: Bool, cause: String = "disk full") -> LedgerEntry
{
    .failed(
        unit, attempt: attempt, worker: "worker-1", node: "node-1", isRetriable: isRetriable, cause: cause,
        isLoss: false)
}
