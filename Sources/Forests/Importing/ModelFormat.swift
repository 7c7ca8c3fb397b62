/// A format in which other libraries keep forests, told by what a file holds, not by its name.
public enum ModelFormat: String, Sendable, CaseIterable {
    /// ONNX with one `TreeEnsembleRegressor`.
    case onnx
    /// LightGBM's text, `booster.save_model("model.txt")`, or its dump in JSON.
    case lightgbm
    /// XGBoost's JSON: `booster.save_model("model.json")`.
    case xgboost
    /// The texts of Earth Engine's decision trees and of R's rpart.
    case treeStrings = "tree-strings"
    /// Trees as arrays in netCDF; read by the program, as `Forests` knows no files but its own.
    case netcdf

    /// The format of a file that begins with these bytes; throws by name what is known but not taken.
    static func detected(in bytes: UnsafeRawBufferPointer, path: String) throws -> ModelFormat {
        func begins(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
        func refusal(_ detail: String) -> ForestError { .unsupported(path: path, detail: detail) }
        guard !bytes.isEmpty else { throw refusal("empty file: save the model again") }
        if begins("CDF") || bytes.starts(with: [0x89] + Array("HDF".utf8)) {
            return .netcdf
        }
        if begins("TILTHFST") { throw refusal("a Tilth forest already: use it as it is") }
        if bytes.starts(with: [0x1f, 0x8b]) || begins("PK") || begins("BZh") {
            throw refusal(
                "a compressed file: unpack it first (R and Python objects: write the model as text)")
        }
        if begins("binf") || begins("bs64") { throw refusal("XGBoost's old binary format: \(asJSON)") }
        if bytes.count > 1, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
            throw refusal("a Python object: scripts/scikit-learn-to-netcdf turns scikit-learn's into arrays")
        }
        if begins("RDX") || begins("X\n") {
            throw refusal("an R object, which only R reads: write the trees as text")
        }
        let start = bytes.firstIndex { !$0.isTextSpace } ?? 0
        let text = UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(4096))
        if text.starts(with: "booster[".utf8) {
            throw refusal("XGBoost's dump for people, without the base score: \(asJSON)")
        }
        // A table of tree strings may have one column, and call it `tree`.
        let isTree = text.starts(with: "tree".utf8) && (text.count == 4 || text[4].isTextSpace)
        if isTree, !TreeTexts.holdsRoot(text) { return .lightgbm }
        switch text.first {
        case UInt8(ascii: "{"): return try object(text, refusal)
        case UInt8(ascii: "["):
            let inner = text.dropFirst().first { !$0.isTextSpace }
            if inner == UInt8(ascii: "'") {
                throw refusal("a list as Python prints it: write it as JSON, with json.dump")
            }
            guard inner == UInt8(ascii: "\"") else {
                throw refusal("a dump for people, without the base score: \(asJSON)")
            }
            return .treeStrings
        default: break
        }
        if TreeTexts.holdsRoot(text) { return .treeStrings }
        // ONNX begins with its version, a short field: no text does.
        if bytes[0] == 0x08, bytes.count > 2 { return .onnx }
        throw refusal(
            "no model that Tilth knows: give ONNX, LightGBM text, XGBoost JSON, tree strings or netCDF "
                + "arrays (--format says which)")
    }

    private static let asJSON = "save it with booster.save_model('model.json')"

    private static func object(
        _ text: UnsafeRawBufferPointer, _ refusal: (String) -> ForestError
    ) throws -> ModelFormat {
        // UBJSON writes the length of the first key where JSON has a quotation mark.
        if text.count > 1, [UInt8(ascii: "L"), UInt8(ascii: "i"), UInt8(ascii: "U")].contains(text[1]) {
            throw refusal("XGBoost's UBJSON: \(asJSON)")
        }
        let beginning = String(decoding: text, as: UTF8.self)
        if beginning.contains("\"learner\"") { return .xgboost }
        if beginning.contains("\"tree_info\"") || beginning.contains("\"num_tree_per_iteration\"") {
            return .lightgbm
        }
        return beginning.contains("\"trees\"") ? .treeStrings : .xgboost
    }
}

extension UInt8 {
    /// Space, tabulator or the end of a line.
    var isTextSpace: Bool { self == 32 || (9...13).contains(self) }
}
