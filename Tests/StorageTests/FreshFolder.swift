import Foundation
import Tiling

/// A folder of one test, removed at its end.
final class FreshFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appending(path: "tilth-storage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Everything in a folder, hidden files too.
    func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }
}

/// A receipt that differs with its number; `padding` makes it longer.
func receipt(_ number: Int, padding: Int = 0) -> Receipt {
    Receipt(
        unit: "predict/x\(number)y1/2016-01", generation: 1, attempt: 1, worker: "worker-1", node: "node-1",
        software: String(repeating: "x", count: padding), recipe: Digest(of: "recipe"), inputs: [],
        outputs: [],
        values: [
            ValueDigest(
                layer: "surface", day: Day(number: 16801), sha256: Digest(of: "\(number)"), validCount: 3)
        ], missing: [], seconds: ["predict": 0.1], finishedAt: "2026-01-01T00:00:00Z")
}
