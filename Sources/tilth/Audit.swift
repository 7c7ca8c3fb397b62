import Foundation
import Storage
import Tiling

/// Holds the files of finished units against the digests in their receipts.
struct Audit {
    let run: RunDirectory
    let plan: RunPlan
    let range: RangeOptions

    struct BrokenUnit {
        let unit: String
        let what: String
    }

    /// Finished units of the range with a file that is gone or not what the receipt says.
    func brokenUnits() throws -> [BrokenUnit] {
        try newestReceipts().compactMap { receipt in
            for output in receipt.outputs {
                let path = run.absolute(output.path)
                guard FileManager.default.fileExists(atPath: path) else {
                    return BrokenUnit(unit: receipt.unit, what: "\(output.path) is gone")
                }
                guard try FileDigest.sha256(ofFile: path) == output.sha256 else {
                    return BrokenUnit(unit: receipt.unit, what: "\(output.path) is not what the receipt says")
                }
            }
            return nil
        }
    }

    /// Removes half-written files of processes that died; nothing of theirs ever had a final name.
    func removeLeftovers() throws -> Int {
        var count = try DurableFile.removeLeftovers(in: run.path)
        for root in ["tiles", "mosaics", "covariates"] {
            let top = run.absolute(root)
            let names = FileManager.default.enumerator(atPath: top)?.compactMap { $0 as? String } ?? []
            // Folders of a run have no suffix; asking the file system about each file would be slow.
            for folder in [top] + names.filter({ !$0.contains(".") }).map({ "\(top)/\($0)" }) {
                count += (try? DurableFile.removeLeftovers(in: folder)) ?? 0
            }
        }
        return count
    }

    var fileCount: Int {
        get throws { try newestReceipts().reduce(0) { $0 + $1.outputs.count } }
    }

    /// The receipt that counts for each unit: of its highest generation, the first that was written.
    func newestReceipts() throws -> [Receipt] {
        var newest: [String: Receipt] = [:]
        _ = try ReceiptLog.readAll(in: run.receiptsPath) { receipt, _ in
            guard receipt.recipe == plan.recipe, let unit = plan.unit(named: receipt.unit),
                plan.touches(unit, tiles: range.tiles, days: range.days)
            else { return }
            if let known = newest[receipt.unit], known.generation >= receipt.generation { return }
            newest[receipt.unit] = receipt
        }
        return newest.values.sorted { $0.unit < $1.unit }
    }
}
