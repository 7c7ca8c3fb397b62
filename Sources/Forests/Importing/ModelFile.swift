internal import Foundation

/// A foreign model as it lies on disk: mapped, so that reading it does not need its size in memory.
struct ModelFile {
    let path: String
    let data: Data

    init(_ path: String) throws(ForestError) {
        self.path = path
        do {
            data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }

    func refusal(_ detail: String) -> ForestError { .unsupported(path: path, detail: detail) }

    /// What every importer says about the origin of a forest.
    func provenance(importer: String, _ more: [String: String] = [:]) -> [String: String] {
        let digest = data.withUnsafeBytes { digestBytes(of: $0) }.hexadecimal
        return more.merging([
            "importer": importer, "source": URL(filePath: path).lastPathComponent, "source-sha256": digest,
        ]) { _, new in new }
    }

    /// Appends a tree; what the builder finds wrong is said with the file's name.
    func append(_ tree: [ForestBuilder.Node], root: Int = 0, to builder: inout ForestBuilder) throws {
        do {
            try builder.append(tree: tree, root: root)
        } catch ForestError.invalid(let detail) {
            throw refusal("\(detail): save the model again")
        }
    }
}
