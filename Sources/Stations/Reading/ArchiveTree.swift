import Foundation
import Rasters

/// The files of an archive, wherever they lie: in a folder, in a zip archive, or in zip archives in a folder.
struct ArchiveTree: Sendable {
    /// A file of the tree.
    struct File: Hashable, Sendable {
        /// The path inside the folder or zip archive.
        let name: String
        /// Nil for a file in the folder itself.
        let zip: Int?
        let byteCount: Int
        /// The same file as the zip archive knows it.
        let member: ArchiveFile.Member?

        var folder: Substring { name[..<(name.lastIndex(of: "/") ?? name.startIndex)] }
        var lastName: Substring {
            name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...]
        }
    }

    let path: String
    /// In the order of their names.
    private(set) var files: [File] = []
    private(set) var issues: [StationIssue] = []
    private var zips: [ArchiveFile] = []

    init(path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw StationError(source: path, problem: "does not exist: check the path")
        }
        guard isFolder.boolValue else {
            add(zip: try ArchiveFile(path: path))
            return
        }
        let root = URL(filePath: path)
        let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
            .sorted()
        for name in names {
            let file = root.appending(path: name)
            let values = try? file.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            let isRegular =
                (try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey]))?
                .isRegularFile
            guard isRegular == true else { continue }
            if name.lowercased().hasSuffix(".zip") {
                do {
                    add(zip: try ArchiveFile(path: file.path))
                } catch {
                    issues.append(StationIssue(source: file.path, problem: error.problem, isSkipped: true))
                }
            } else {
                files.append(File(name: name, zip: nil, byteCount: values?.fileSize ?? 0, member: nil))
            }
        }
    }

    private mutating func add(zip: ArchiveFile) {
        zips.append(zip)
        files += zip.members.map {
            File(name: $0.name, zip: zips.count - 1, byteCount: $0.byteCount, member: $0)
        }
    }

    /// The whole path of a file, as messages name it.
    func label(_ file: File) -> String { "\(file.zip.map { zips[$0].path } ?? path)/\(file.name)" }

    func read(_ file: File) throws -> [UInt8] {
        if let zip = file.zip, let member = file.member {
            return try zips[zip].read(member, byteCountMax: Self.fileBytesMax)
        }
        guard file.byteCount <= Self.fileBytesMax else {
            throw StationError(
                source: label(file), problem: "has more than the \(Self.fileBytesMax) bytes that are read")
        }
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: label(file))))
        } catch {
            throw StationError(
                source: label(file), problem: "cannot be read: \(error.localizedDescription)",
                isRetriable: true)
        }
    }

    /// Forty years of CEOP rows, every ten minutes, are 300 MB.
    static let fileBytesMax = 1 << 29
}
