import Testing
import Tiling

/// Digests, receipts and recipes: what must stay the same for ever, because runs on disk hold it.
@Suite struct DigestTests {
    /// SHA-256 of FIPS 180-4, as `sha256sum` prints it.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func knownDigests(_ text: String, _ hex: String) throws {
        let digest = Digest(of: text)
        #expect(digest.hex == hex)
        #expect(digest.short == hex.prefix(12))
        #expect(Digest(hex: hex) == digest)
        #expect(Digest(hex: hex.uppercased()) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(try CanonicalJSON.value(Digest.self, from: CanonicalJSON.bytes(digest)) == digest)
    }

    @Test func whatIsNoDigest() {
        let hex = Digest(of: "").hex
        for text in ["", String(hex.dropLast()), hex + "0", hex.dropLast() + "g", " " + hex.dropLast()] {
            #expect(Digest(hex: text) == nil)
        }
        #expect(Digest(bytes: [1, 2, 3]) == nil)
    }

    @Test func partsMakeTheSameDigest() {
        var hasher = Digest.Hasher()
        for part in [[UInt8](), Array("a".utf8), Array("bc".utf8)] {
            part.withUnsafeBytes { hasher.update($0) }
        }
        #expect(hasher.finish() == Digest(of: "abc"))
    }

    /// The identity of a result depends on layers, days and values, and on nothing else; the text it is made
    /// of is fixed.
    @Test func valuesDigestIsTheSameForEveryAttempt() throws {
        let first = Self.receipt(values: ["a", "b"], worker: "w1", attempt: 1)
        let second = Self.receipt(values: ["a", "b"], worker: "w2", attempt: 2)
        #expect(first.valuesDigest == second.valuesDigest)
        #expect(
            first.valuesDigest != Self.receipt(values: ["b", "a"], worker: "w1", attempt: 1).valuesDigest)
        #expect(first.valuesDigest != Self.receipt(values: ["a"], worker: "w1", attempt: 1).valuesDigest)
        let text = """
            surface 2016-02-05 ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
            surface 2016-02-06 3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d

            """
        #expect(first.valuesDigest == Digest(of: text))
        #expect(try CanonicalJSON.value(Receipt.self, from: CanonicalJSON.bytes(first)) == first)
        #expect(CanonicalJSON.bytes(first) == CanonicalJSON.bytes(first))
    }

    @Test func recipesKnowWhatChangesValues() throws {
        let forests = ["surface": Digest(of: "forest")]
        let digest = Recipe(of: try Self.product(), forests: forests).digest
        #expect(
            Recipe(of: try Self.product(period: "2016-01-01..2020-12-31"), forests: forests).digest == digest)
        #expect(Recipe(of: try Self.product(model: "elsewhere/m.forest"), forests: forests).digest == digest)
        #expect(Recipe(of: try Self.product(noData: 0), forests: forests).digest != digest)
        #expect(Recipe(of: try Self.product(), forests: ["surface": Digest(of: "other")]).digest != digest)
    }

    private static func receipt(values: [String], worker: String, attempt: UInt32) -> Receipt {
        Receipt(
            unit: "predict/x0y0/2016-02", generation: 1, attempt: attempt, worker: worker,
            node: "node \(worker)",
            software: "test", recipe: Digest(of: "recipe"), inputs: [], outputs: [],
            values: values.enumerated().map { number, value in
                ValueDigest(
                    layer: "surface", day: Day(number: 16_836 + number), sha256: Digest(of: value),
                    validCount: 1)
            }, missing: [MissingDay(day: Day(number: 3), reason: "no file")],
            seconds: ["read": Double(attempt)], finishedAt: "2024-01-01T00:00:00Z")
    }

    private static func product(
        period: String = "2016-01-01..2016-12-31", model: String = "m.forest", noData: Double = 65_535
    ) throws -> Product {
        let grid = try #require(Grid.presets["gssm1km"])
        return Product(
            name: "p", grid: grid, period: try #require(DayRange(period)),
            covariates: [Covariate(name: "lat", unit: "degrees_north", source: .latitude)],
            layers: [Layer(name: "surface", model: model, features: ["lat"])],
            output: OutputEncoding(type: .uint16, noData: noData, unit: "m3 m-3"))
    }
}
