import Foundation
import Testing
import Tiling

@testable import Rasters

/// Chunks that we decode ourselves hold the same bits as the library's.
@Suite struct StoredChunksTests {
    /// A packed, compressed variable of 10 steps on a global grid of 9 x 12 cells, which begins at 0 E.
    private func file(
        type: String, chunk: String, attributes: String = "", filters: String = "v:_DeflateLevel = 1 ; ",
        dimensions: String = "time, lat, lon", fromSouth: Bool = false, withData: Bool = true
    ) throws -> (folder: TemporaryFolder, variable: NetCDFVariable)? {
        guard let ncgen = Tool("ncgen", skipping: #function) else { return nil }
        let folder = try TemporaryFolder()
        let latitudes = (0..<9).map { "\((fromSouth ? 1 : -1) * ($0 - 4) * 20)" }.joined(separator: ", ")
        let numbers = (0..<1080).map { "\(($0 * 37) % 251 - ($0 % 13 == 0 ? 300 : 0))" }.joined(
            separator: ", ")
        let cdl = """
            netcdf made { dimensions: time = 10 ; lat = 9 ; lon = 12 ;
            variables: double lat(lat), lon(lon) ; int time(time) ; \(type) v(\(dimensions)) ;
            v:_ChunkSizes = \(chunk) ; \(filters) \(attributes)
            lat:units = "degrees_north" ; lon:units = "degrees_east" ; time:units = "days since 2016-01-01" ;
            data: lat = \(latitudes) ; lon = \((0..<12).map { "\($0 * 30)" }.joined(separator: ", ")) ;
            time = \((0..<10).map(String.init).joined(separator: ", ")) ;
            \(withData ? "v = \(numbers) ;" : "") }
            """
        let source = try folder.write(Array(cdl.utf8), to: "made.cdl")
        try ncgen.run("-4", "-o", folder.file("made.nc"), source)
        let variable = try NetCDFFile(path: folder.file("made.nc")).variable(named: "v")
        // Opened here, while the folder is there.
        _ = variable.storedChunks
        return (folder, variable)
    }

    private func bits(
        _ variable: NetCDFVariable, _ runs: [Range<Int>], _ window: PixelWindow, threads: Int?
    ) throws -> [UInt32] {
        var values: [Float] = []
        try variable.read(
            runs: runs, window: window, team: threads.map { LoopTeam(threadCount: $0) }, into: &values)
        return values.map(\.bitPattern)
    }

    /// The same out of a slab, which has read other things before.
    private func bits(
        _ variable: NetCDFVariable, _ runs: [Range<Int>], _ window: PixelWindow, in slab: StepSlab,
        threads: Int?
    ) throws -> [UInt32] {
        try slab.read(
            variable, runs: runs, window: window, team: threads.map { LoopTeam(threadCount: $0) })
        #expect(slab.rows == window.rows && slab.columns == window.columns)
        let rowCount = runs.reduce(0) { $0 + $1.count } * window.rows
        var values = [Float](repeating: 0, count: rowCount * window.columns)
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in (0..<rowCount).reversed() {
                slab.take(
                    row: row % window.rows, step: row / window.rows, into: base + row * window.columns)
            }
        }
        return values.map(\.bitPattern)
    }

    private func expectSame(_ variable: NetCDFVariable, _ comment: String) throws {
        let slab = StepSlab()
        let windows = [
            PixelWindow(column: 0, row: 0, columns: 12, rows: 9),
            PixelWindow(column: 5, row: 3, columns: 2, rows: 4),
            // Over the seam of the file, and over that of the grid, more than once round.
            PixelWindow(column: 4, row: 1, columns: 5, rows: 8),
            PixelWindow(column: -2, row: 0, columns: 16, rows: 9),
        ]
        for window in windows {
            for runs in [[0..<10], [0..<1, 4..<5, 9..<10], [2..<7]] {
                let expected = try bits(variable, runs, window, threads: nil)
                for threads in [1, 3] {
                    #expect(
                        try bits(variable, runs, window, threads: threads) == expected, "\(comment) \(window)"
                    )
                }
                for threads in [nil, 1, 3, 40] {
                    #expect(
                        try bits(variable, runs, window, in: slab, threads: threads) == expected,
                        "slab \(threads ?? 0) \(comment) \(window)")
                }
            }
        }
    }

    @Test(arguments: ["short", "ushort", "byte", "ubyte", "float"]) func everyTypeIsDecoded(type: String)
        throws
    {
        let packings = [
            "", "v:scale_factor = 0.0123 ; v:add_offset = 271.5 ;", "v:_FillValue = \(fill(of: type)) ;",
            "v:valid_min = \(suffixed("5", type)) ; v:valid_max = \(suffixed("100", type)) ;",
            "v:missing_value = \(suffixed("37", type)) ; v:scale_factor = 2.f ;",
        ]
        for attributes in packings {
            for filters in ["", "v:_DeflateLevel = 1 ;", "v:_Shuffle = \"true\" ; v:_DeflateLevel = 4 ;"] {
                for chunk in ["1, 9, 12", "3, 4, 5", "10, 1, 12"] {
                    guard
                        let (_, variable) = try file(
                            type: type, chunk: chunk, attributes: attributes, filters: filters)
                    else { return }
                    #expect(
                        variable.storedChunks != nil && variable.storedNumbers != nil,
                        "\(type) is ours to decode")
                    try expectSame(variable, "\(type) \(attributes) \(filters) \(chunk)")
                }
            }
        }
    }

    @Test func everyOrderIsDecoded() throws {
        for dimensions in ["time, lat, lon", "lon, lat, time", "lat, time, lon"] {
            for fromSouth in [false, true] {
                let filters = "v:_Shuffle = \"true\" ; v:_DeflateLevel = 1 ;"
                guard
                    let (_, variable) = try file(
                        type: "short", chunk: "4, 4, 4", filters: filters, dimensions: dimensions,
                        fromSouth: fromSouth)
                else { return }
                #expect(variable.storedChunks != nil)
                try expectSame(variable, "\(dimensions) \(fromSouth)")
            }
        }
    }

    @Test func whatOnlyTheLibraryKnowsIsLeftToIt() throws {
        // Another filter, another type, and chunks that nobody wrote.
        guard
            let (_, checked) = try file(
                type: "float", chunk: "1, 9, 12", filters: "v:_Fletcher32 = \"true\" ;")
        else { return }
        #expect(checked.storedChunks == nil)
        try expectSame(checked, "fletcher32")
        if let (_, wide) = try file(type: "double", chunk: "1, 9, 12") {
            #expect(wide.storedNumbers == nil)
            try expectSame(wide, "double")
        }
        if let (_, empty) = try file(type: "short", chunk: "1, 9, 12", withData: false) {
            try expectSame(empty, "unwritten")
        }
    }

    @Test func aDamagedChunkIsAnErrorAndNotValues() throws {
        guard let (folder, variable) = try file(type: "short", chunk: "10, 9, 12") else { return }
        let window = PixelWindow(column: 0, row: 0, columns: 12, rows: 9)
        var isShuffled: Bool?
        let isWhole = variable.storedChunks?.withChunk(at: [0, 0, 0]) { isShuffled = $0.isShuffled }
        #expect(isWhole == true && isShuffled == false)
        let path = folder.file("made.nc")
        var bytes = try Array(Data(contentsOf: URL(filePath: path)))
        // The header of a zlib stream of level 1, and what stands behind it.
        let start = try #require((0..<bytes.count - 1).last { bytes[$0] == 0x78 && bytes[$0 + 1] == 0x01 })
        for place in start + 20..<min(start + 60, bytes.count) { bytes[place] = 0xff }
        let damaged = try folder.write(bytes, to: "damaged.nc")
        let broken = try NetCDFFile(path: damaged).variable(named: "v")
        #expect(throws: RasterError.self) { try bits(broken, [0..<10], window, threads: 2) }
    }

    /// Chunks stay as they are where the window has most of them, and give way to values where it has not.
    @Test func chunksAreHeldThatTakeNoMoreThanTheirValues() throws {
        guard
            let (_, variable) = try file(
                type: "float", chunk: "1, 9, 12", filters: "v:_Shuffle = \"true\" ; v:_DeflateLevel = 1 ;")
        else { return }
        let team = LoopTeam(threadCount: 2)
        let whole = PixelWindow(column: -2, row: 0, columns: 16, rows: 9)
        let part = PixelWindow(column: 4, row: 2, columns: 5, rows: 3)
        #expect(variable.canHold(runs: [0..<10], window: whole, team: team))
        #expect(!variable.canHold(runs: [0..<10], window: part, team: team))
        // As much as two threads take to decode them.
        #expect(variable.canHold(runs: [0..<2], window: part, team: team))
        var memories: [ReusedMemory] = []
        #expect(variable.hold(runs: [2..<8], window: whole, team: team, in: &memories) != nil)
        #expect(memories.count == 6)
        let before = memories.map(\.bytes)
        #expect(variable.hold(runs: [0..<4], window: whole, team: team, in: &memories) != nil)
        #expect(memories.map(\.bytes) == before)
    }

    /// Sixteen numbers are unpacked at a time, and those that are left one by one.
    @Test(arguments: [1, 15, 16, 17, 63]) func floatsOfAnyCountAreUnpacked(count: Int) throws {
        let values: [Float] = (0..<count).map {
            switch $0 % 7 {
            case 1: .nan
            case 2: .infinity
            case 3: 9.96921e36
            case 4: -0.0
            case 5: .leastNonzeroMagnitude
            default: Float($0) * -273.15
            }
        }
        // Behind three other numbers, as a row lies in a chunk.
        let numbers = [1, 2, 3] + values
        let shuffled = (0..<4).flatMap { byte in
            numbers.map { UInt8(truncatingIfNeeded: $0.bitPattern >> UInt32(8 * byte)) }
        }
        let stored = StoredNumbers.plain(
            lowest: -.greatestFiniteMagnitude, highest: .greatestFiniteMagnitude, marks: (9.96921e36, .nan))
        var found = [Float](repeating: 7, count: count + 1)
        shuffled.withUnsafeBytes { bytes in
            found.withUnsafeMutableBufferPointer { found in
                guard let bytes = bytes.baseAddress, let base = found.baseAddress else { return }
                stored.unpack(
                    StoredChunks.Chunk(bytes: bytes, isShuffled: true), numberCount: numbers.count, first: 3,
                    stride: 1, count: count, into: base)
            }
        }
        let expected = values.map { $0.isFinite && $0 != 9.96921e36 ? $0 : .nan } + [7]
        #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    private func fill(of type: String) -> String {
        suffixed(type.hasPrefix("u") || type == "byte" ? "37" : "-300", type)
    }

    private func suffixed(_ number: String, _ type: String) -> String {
        number + (["short": "s", "ushort": "us", "byte": "b", "ubyte": "ub", "float": ".f"][type] ?? "")
    }
}
