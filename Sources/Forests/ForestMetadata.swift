internal import Foundation

/// What a forest file says about itself in JSON: what a person or a product file compares, never what a
/// prediction needs.
struct ForestMetadata: Codable, Equatable {
    var features: [Forest.Feature]
    var target: Forest.Feature
    var provenance: [String: String]
    var derivations: [String: String]

    /// The same metadata always give the same bytes.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    init(
        features: [Forest.Feature], target: Forest.Feature, provenance: [String: String],
        derivations: [String: String]
    ) {
        self.features = features
        self.target = target
        self.provenance = provenance
        self.derivations = derivations
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws {
        self = try JSONDecoder().decode(ForestMetadata.self, from: Data(bytes))
    }
}
