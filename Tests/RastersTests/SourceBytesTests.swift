import Foundation
import TestSupport
import Testing
import Tiling

@testable import Rasters

/// A source's bytes go through memory once: decoding and digest share them.
@Suite struct SourceBytesTests {
    private let window = PixelWindow(column: 0, row: 0, columns: 12, rows: 9)

    private func random(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 7)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private func copy(_ bytes: SourceBytes, _ range: Range<Int>) -> [UInt8]? {
        var part = [UInt8](repeating: 0, count: range.count)
        let isThere = part.withUnsafeMutableBytes { bytes.copy(from: range.lowerBound, into: $0) }
        return isThere ? part : nil
    }

    @Test func whateverTheOrderTheDigestIsThatOfTheFile() throws {
        let folder = try TemporaryFolder()
        let content = random(3_000_000)
        let path = try folder.write(content, to: "some.bin")
        let orders: [[Range<Int>]] = [
            [], [0..<3_000_000], [100..<200, 200..<5000, 2_999_999..<3_000_000],
            // Passed over and asked for later, and asked for twice.
            [1000..<2000, 300..<400, 500_000..<500_010, 300..<400, 2000..<500_000, 1500..<2500],
        ]
        for order in orders {
            let bytes = SourceBytes(path: path)
            for (number, range) in order.enumerated() {
                #expect(copy(bytes, range) == Array(content[range]), "\(order) \(range)")
                if number == 1 { bytes.pause() }
            }
            #expect(copy(bytes, 2_999_990..<3_000_001) == nil)
            #expect(try bytes.digest() == Digest(of: content), "\(order)")
        }
        let gone = SourceBytes(path: folder.file("gone.bin"))
        #expect(copy(gone, 0..<1) == nil)
        let error = #expect(throws: RasterError.self) { try gone.digest() }
        #expect(error?.description.hasSuffix("cannot be read: No such file or directory") == true)
    }

    @Test func neighboursThatSwapAreReadOnce() throws {
        let folder = try TemporaryFolder()
        let content = random(1_000_000)
        let bytes = SourceBytes(path: try folder.write(content, to: "some.bin"))
        for first in stride(from: 0, to: 1_000_000, by: 200_000) {
            for part in [first + 100_000..<first + 200_000, first..<first + 100_000] {
                #expect(copy(bytes, part) == Array(content[part]))
            }
        }
        #expect(try bytes.digest() == Digest(of: content))
        #expect(bytes.readByteCount == content.count)
    }

    /// In three orders of dimensions, of which a classic file's last is not ours to decode, and with two
    /// variables whose records take turns.
    @Test(arguments: ["-4", "-3", "-6", "-5"], ["short", "float", "byte", "double"])
    func valuesAreTheSameBitsAndTheFileIsReadOnce(format: String, type: String) throws {
        guard let ncgen = Tool("ncgen") else { return }
        for (number, time) in ["10", "UNLIMITED"].enumerated() {
            for dimensions in ["time, lat, lon", "time, lon, lat", "lat, lon, time"]
            where number == 0 || dimensions.hasPrefix("time") {
                let folder = try TemporaryFolder()
                let numbers = (0..<1080).map { "\(($0 * 37) % 251 - 120)" }.joined(separator: ", ")
                let chunks =
                    format == "-4"
                    ? "v:_ChunkSizes = 3, 4, 5 ; v:_DeflateLevel = 1 ; v:_Shuffle = \"true\" ;" : ""
                let cdl = """
                    netcdf made { dimensions: time = \(time) ; lat = 9 ; lon = 12 ;
                    variables: double lat(lat), lon(lon) ; int time(time) ;
                    \(type) w(\(dimensions)), v(\(dimensions)) ; v:scale_factor = 0.5 ; \(chunks)
                    lat:units = "degrees_north" ; lon:units = "degrees_east" ;
                    time:units = "days since 2016-01-01" ;
                    data: lat = \((0..<9).map { "\(80 - $0 * 20)" }.joined(separator: ", ")) ;
                    lon = \((0..<12).map { "\($0 * 30)" }.joined(separator: ", ")) ;
                    time = \((0..<10).map(String.init).joined(separator: ", ")) ;
                    v = \(numbers) ; w = \(numbers) ; }
                    """
                let source = try folder.write(Array(cdl.utf8), to: "made.cdl")
                let path = folder.file("made.nc")
                try ncgen.run(format, "-o", path, source)
                let comment = "\(format) \(type) \(dimensions) \(time)"
                let expected = try NetCDFFile(path: path).variable(named: "v").read(
                    steps: 0..<10, window: window)
                for threads in [1, 3] {
                    let bytes = SourceBytes(path: path)
                    let variable = try NetCDFFile(path: path, bytes: bytes).variable(named: "v")
                    var values: [Float] = []
                    try variable.read(
                        runs: [0..<4, 4..<10], window: window, team: LoopTeam(threadCount: threads),
                        into: &values)
                    #expect(values.map(\.bitPattern) == expected.map(\.bitPattern), "\(comment)")
                    let isOurs = type != "double" && (format == "-4" || !dimensions.hasSuffix("time"))
                    #expect((bytes.readByteCount > 0) == isOurs, "\(comment)")
                    let content = try Data(contentsOf: URL(filePath: path))
                    #expect(try bytes.digest() == Digest(of: Array(content)), "\(comment)")
                    // A chunk of three steps is in two of the runs.
                    if format != "-4" { #expect(bytes.readByteCount == content.count, "\(comment)") }
                }
            }
        }
    }
}
