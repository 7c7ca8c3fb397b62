import Foundation
public import Tiling

/// A product file (YAML) that was read and found free of mistakes.
public struct ProductFile: Sendable {
    public let product: Product
    /// As it was given.
    public let path: String
    /// The bytes of the file, unchanged, for the frozen copy in a run directory.
    public let text: [UInt8]
    /// The line on which each covariate of the pool begins, by name.
    public let lines: [String: Int]

    /// Reads and checks a product file; all its mistakes are thrown at once.
    public static func load(path: String) throws(ProductFileError) -> ProductFile {
        let book = MistakeBook()
        if let bytes = bytes(of: path, book: book), let root = YAMLTree.root(of: bytes, book: book) {
            let reading = ProductReading(of: Entry(node: root, label: "", example: nil, book: book))
            if let product = reading.product, book.isEmpty {
                return ProductFile(product: product, path: path, text: bytes, lines: reading.covariateLines)
            }
        }
        throw ProductFileError(path: path, mistakes: book.sorted)
    }

    private static func bytes(of path: String, book: MistakeBook) -> [UInt8]? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            book.add("there is no such file: give the path of a product file", at: nil)
            return nil
        }
        guard !isFolder.boolValue else {
            book.add("is a folder: give the path of a product file", at: nil)
            return nil
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            book.add("cannot be read: check its permissions", at: nil)
            return nil
        }
        return Array(data)
    }
}
