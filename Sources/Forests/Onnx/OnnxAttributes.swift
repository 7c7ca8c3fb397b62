internal import Foundation

/// The attributes of an ONNX operator by name, with errors that name the attribute.
struct OnnxAttributes {
    private let byName: [String: OnnxAttributeProto]
    private let path: String

    init(_ node: OnnxNodeProto, path: String) {
        byName = Dictionary(node.attribute.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.path = path
    }

    func integer(_ name: String) -> Int64? { byName[name]?.i }

    func integers(_ name: String) -> [Int64] { byName[name]?.ints ?? [] }

    func integers(_ name: String, count: Int) throws -> [Int64] {
        try checked(integers(name), name, count)
    }

    func strings(_ name: String, count: Int) throws -> [String] {
        try checked(byName[name]?.strings.map { String(decoding: $0, as: UTF8.self) } ?? [], name, count)
    }

    func numbers(_ name: String, count: Int) throws -> [Double] {
        try checked(numbers(name), name, count)
    }

    /// A list of float32, or the tensor that newer versions of the operator take for float64.
    func numbers(_ name: String) throws -> [Double] {
        if let floats = byName[name]?.floats, !floats.isEmpty { return floats.map(Double.init) }
        let tensorName = "\(name)_as_tensor"
        guard let attribute = byName[tensorName] else { return [] }
        let tensor = attribute.t
        switch tensor.dataType {
        case Self.floatType:
            return tensor.rawData.isEmpty
                ? tensor.floatData.map(Double.init)
                : try littleEndian(tensor.rawData, UInt32.self, tensorName).map {
                    Double(Float(bitPattern: $0))
                }
        case Self.doubleType:
            return tensor.rawData.isEmpty
                ? tensor.doubleData
                : try littleEndian(tensor.rawData, UInt64.self, tensorName).map(Double.init(bitPattern:))
        default:
            throw ForestError.unsupported(
                path: path,
                detail: "attribute \(tensorName) has the ONNX type \(tensor.dataType), expected numbers")
        }
    }

    /// The text of an attribute, which must be one of a few.
    @discardableResult
    func refuse(_ name: String, unless allowed: [String], advice: String) throws -> String {
        let text = byName[name].map { String(decoding: $0.s, as: UTF8.self) } ?? ""
        guard allowed.contains(text) else {
            throw ForestError.unsupported(path: path, detail: "\(name) \(text) is not supported: \(advice)")
        }
        return text
    }

    /// `TensorProto.DataType`.
    private static let floatType: Int32 = 1
    private static let doubleType: Int32 = 11

    private func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ data: Data, _ type: Number.Type, _ name: String
    ) throws -> [Number] {
        let size = MemoryLayout<Number>.size
        guard data.count % size == 0 else {
            throw ForestError.unsupported(path: path, detail: "attribute \(name) has \(data.count) bytes")
        }
        return data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: size).map { bytes.littleEndian(type, at: $0) }
        }
    }

    private func checked<Element>(_ list: [Element], _ name: String, _ count: Int) throws -> [Element] {
        guard list.count == count else {
            throw ForestError.unsupported(
                path: path, detail: "attribute \(name) has \(list.count) entries, expected \(count)")
        }
        return list
    }
}
