internal import GRDB
internal import Tiling

/// A completion as it was read, its checksum verified.
struct CompletionRow {
    /// What the initialiser needs of a query.
    static let columns = """
        completion.generation AS done_generation, completion.attempt AS done_attempt,
        completion.node AS done_node, values_sha256, receipt, row_sha256
        """

    let generation: UInt32
    let attempt: UInt32
    let node: String
    let values: Digest
    let receipt: [UInt8]

    /// Nil when there is none, or when the row is not what was written.
    init?(_ row: Row, unit: String) {
        guard let generation: UInt32 = row.value("done_generation"),
            let attempt: UInt32 = row.value("done_attempt"),
            let node: String = row.value("done_node"), let values: String = row.value("values_sha256"),
            let receipt: String = row.value("receipt"), let sum: String = row.value("row_sha256"),
            let digest = Digest(hex: values),
            sum
                == Self.checksum(
                    unit: unit, generation: generation, attempt: attempt, node: node, values: values,
                    receipt: receipt)
        else { return nil }
        self.generation = generation
        self.attempt = attempt
        self.node = node
        self.values = digest
        self.receipt = Array(receipt.utf8)
    }

    var decodedReceipt: Receipt? { try? CanonicalJSON.value(Receipt.self, from: receipt) }

    /// Over all columns of the row.
    static func checksum(
        unit: String, generation: UInt32, attempt: UInt32, node: String, values: String, receipt: String
    ) -> String {
        Digest(of: "\(unit)\n\(generation)\n\(attempt)\n\(node)\n\(values)\n\(receipt)").hex
    }
}
