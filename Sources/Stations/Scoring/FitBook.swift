import Foundation
import Synchronization

/// The fits of one grid, while threads of this process and other processes add to them.
///
/// A file of fits is JSON, a line each. Fits depend on nothing but what they are keyed by, so it does no harm
/// when two processes do the same one: both write the same.
final class FitBook: Sendable {
    /// One line of a file.
    private struct Line: Codable {
        /// Rows, folds and settings, as a digest.
        let of: String
        let fit: FitScore
    }

    private struct Store {
        var fits: [GridSearch.Fit: FitScore] = [:]
        /// Fits of other rows, folds or settings in the same folder.
        var foreignCount = 0
        /// Fits of this process.
        var ownCount = 0
        /// How far each file was read.
        var ends: [String: UInt64] = [:]
        /// When others' fits are worth another look.
        var readsNextAt: ContinuousClock.Instant?
    }

    private let folder: String?
    private let key: String
    /// This process's file: no other has this name, so that lines never mix.
    private let name = "\(UUID().uuidString.prefix(13)).fits"
    private let store = Mutex(Store())

    /// In memory only.
    init() {
        folder = nil
        key = ""
    }

    init(folder: String, key: String) {
        self.folder = folder
        self.key = key
        refresh()
    }

    var count: Int { store.withLock { $0.fits.count } }
    var ownCount: Int { store.withLock { $0.ownCount } }
    var foreignCount: Int { store.withLock { $0.foreignCount } }

    subscript(_ fit: GridSearch.Fit) -> FitScore? { store.withLock { $0.fits[fit] } }

    /// Takes a fit of this process, on disk first.
    func add(_ score: FitScore) throws {
        try store.withLock {
            if let folder { try append(score, to: "\(folder)/\(name)") }
            $0.fits[GridSearch.Fit(score)] = score
            $0.ownCount += 1
        }
    }

    /// Reads what other processes have added, as often as it costs a twentieth of the time at most: what
    /// another has done meanwhile would be done again.
    func refresh() {
        guard let folder else { return }
        store.withLock { store in
            let start = ContinuousClock.now
            if let next = store.readsNextAt, start < next { return }
            defer { store.readsNextAt = .now + max(start.duration(to: .now) * 20, .milliseconds(100)) }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names.sorted() where name.hasSuffix(".fits") && name != self.name {
                read("\(folder)/\(name)", into: &store)
            }
        }
    }

    private func read(_ path: String, into store: inout Store) {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        let start = store.ends[path] ?? 0
        guard (try? file.seek(toOffset: start)) != nil, let bytes = try? file.readToEnd(),
            let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
        else { return }
        let whole = bytes[...end]
        store.ends[path] = start + UInt64(whole.count)
        // What a killed process left of a line is none.
        for line in whole.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? JSONDecoder().decode(Line.self, from: line) else { continue }
            if line.of == key {
                store.fits[GridSearch.Fit(line.fit)] = line.fit
            } else {
                store.foreignCount += 1
            }
        }
    }

    private func append(_ fit: FitScore, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let line = try encoder.encode(Line(of: key, fit: fit)) + Data("\n".utf8)
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw StationError(source: path, problem: "cannot be written: check the folder of fits")
        }
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: line)
    }
}
