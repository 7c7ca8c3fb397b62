internal import Foundation

/// LightGBM's models as JSON (`booster.dump_model()`): the text format's header, and trees as nested objects.
///
/// Older versions name neither the objective nor whether trees are averaged.
struct LightGBMDump {
    private let file: ModelFile
    private var header: [String: String] = [:]
    private var codes = "null"
    /// Where the list of trees begins.
    private var treesPlace: Int?

    /// Far deeper than trees of a useful size.
    private static let levelLimit = 500

    static func isOne(_ file: ModelFile) -> Bool {
        file.data.first { !$0.isTextSpace } == UInt8(ascii: "{")
    }

    /// Reads the whole model.
    static func read(_ file: ModelFile, _ options: ImportOptions) throws -> ImportedModel {
        try file.data.withUnsafeBytes { bytes in
            var dump = LightGBMDump(file: file)
            var tree: Int?
            do {
                var scanner = JSONScanner(bytes)
                try scanner.forEachKey { try dump.take(&$0, $1) }
                return try dump.model(bytes, options, &tree)
            } catch let wrong as JSONScanner.Wrong {
                let place = tree.map { "tree \($0): " } ?? ""
                throw file.refusal(
                    "\(place)not JSON as LightGBM dumps it at byte \(wrong.place) (\(wrong.detail)): "
                        + "truncated or changed by hand, dump the model again")
            }
        }
    }

    private init(file: ModelFile) { self.file = file }

    private mutating func take(_ scanner: inout JSONScanner, _ key: String) throws {
        switch key {
        case "version", "num_class", "num_tree_per_iteration", "max_feature_idx", "objective":
            header[key] = try scanner.scalar()
        case "average_output":
            if try scanner.integer() != 0 { header[key] = "" }
        case "feature_names":
            header[key] = try scanner.list { try $0.string() }.joined(separator: " ")
        case "pandas_categorical":
            let start = scanner.place
            _ = try scanner.peek()
            try scanner.skip()
            codes = String(decoding: file.data[start..<scanner.place], as: UTF8.self)
        case "tree_info":
            _ = try scanner.peek()
            treesPlace = scanner.place
            try scanner.skip()
        default: try scanner.skip()
        }
    }

    private func model(
        _ bytes: UnsafeRawBufferPointer, _ options: ImportOptions, _ tree: inout Int?
    ) throws -> ImportedModel {
        let model = LightGBMModel(file: file, options: options, header: header)
        var imported = ImportedModel(builder: try model.builder())
        guard let treesPlace else { throw file.refusal("no tree_info: dump the model again") }
        var count = 0
        var scanner = JSONScanner(bytes, at: treesPlace)
        try scanner.forEachElement {
            count += 1
            try $0.skip()
        }
        let taken = try model.taken(of: count)
        var copies = IntervalBudget()
        scanner = JSONScanner(bytes, at: treesPlace)
        var number = 0
        var holdsCategories = false
        try scanner.forEachElement { scanner in
            tree = number
            var reader = LightGBMDumpTree(number: number, file: file, levelLimit: Self.levelLimit)
            try scanner.forEachKey {
                if $1 == "tree_structure" { try reader.read(&$0) } else { try $0.skip() }
            }
            if number < taken {
                try reader.append(to: &imported.builder, copies: &copies)
                holdsCategories = holdsCategories || reader.holdsCategories
            }
            number += 1
        }
        tree = nil
        if holdsCategories { try model.refuseCodes(codes) }
        imported.notes = model.notes(imported.builder, copies)
        return imported
    }
}
