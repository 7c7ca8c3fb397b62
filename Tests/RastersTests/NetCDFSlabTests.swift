import Foundation
import Rasters
import Testing
import Tiling

/// Reading in the order of chunks, and files that end early.
@Suite struct NetCDFSlabTests {
    private func variable(steps: Int, rows: Int, chunk: (steps: Int, rows: Int)?, fromSouth: Bool = false)
        throws
        -> (TemporaryFolder, NetCDFVariable)?
    {
        guard let ncgen = Tool("ncgen", skipping: #function) else { return nil }
        let folder = try TemporaryFolder()
        let latitudes = (0..<rows).map { "\(fromSouth ? $0 : -$0)" }.joined(separator: ", ")
        let times = (0..<steps).map { "\($0)" }.joined(separator: ", ")
        let chunks = chunk.map { "v:_ChunkSizes = \($0.steps), \($0.rows), 4 ;" } ?? ""
        let cdl = """
            netcdf made { dimensions: time = \(steps) ; lat = \(rows) ; lon = 4 ;
            variables: double lat(lat), lon(lon) ; int time(time) ; float v(time, lat, lon) ; \(chunks)
            lat:units = "degrees_north" ; lon:units = "degrees_east" ; time:units = "days since 2016-01-01" ;
            data: lat = \(latitudes) ; lon = 0, 1, 2, 3 ; time = \(times) ; }
            """
        let source = try folder.write(Array(cdl.utf8), to: "made.cdl")
        try ncgen.run("-4", "-o", folder.file("made.nc"), source)
        return (folder, try NetCDFFile(path: folder.file("made.nc")).variable(named: "v"))
    }

    /// Every wanted step is in one run, no chunk in two, and none is longer than allowed.
    @Test func runsOfStepsEndOnChunks() throws {
        let wantedLists = [
            Array(0..<100), Array(stride(from: 0, to: 100, by: 24)), [3, 4, 5, 40, 41, 99], [],
        ]
        for chunk in [1, 7, 24, 100] {
            guard let (_, variable) = try variable(steps: 100, rows: 6, chunk: (chunk, 2)) else { return }
            #expect(variable.stepsPerChunk == chunk && variable.rowsPerChunk == 2)
            for wanted in wantedLists {
                for stepsMax in [1, 10, 24, 31, 1000] {
                    for valuesMax in [1, 100, 400, 40_000_000] {
                        let runs = variable.stepRuns(
                            covering: wanted, rowCount: 6, columnCount: 4, stepsMax: stepsMax,
                            valuesMax: valuesMax)
                        #expect(wanted.allSatisfy { step in runs.filter { $0.contains(step) }.count == 1 })
                        #expect(runs.allSatisfy { $0.count <= stepsMax })
                        #expect(runs == runs.sorted { $0.lowerBound < $1.lowerBound })
                        if chunk == 1 { #expect(runs.reduce(0) { $0 + $1.count } == wanted.count) }
                        let chunks = runs.flatMap { Set($0.map { $0 / chunk }) }
                        if stepsMax >= chunk { #expect(chunks.count == Set(chunks).count) }
                    }
                }
            }
        }
    }

    @Test(arguments: [false, true]) func bandsOfRowsEndOnChunks(fromSouth: Bool) throws {
        guard let (_, variable) = try variable(steps: 2, rows: 23, chunk: (1, 5), fromSouth: fromSouth) else {
            return
        }
        for rows in [0..<23, 4..<19, 22..<23] {
            for values in [1, 12, 40, 100, 1_000_000] {
                let bands = variable.rowBands(of: rows, columnCount: 4, stepCount: 1, valuesMax: values)
                #expect(bands.flatMap(Array.init) == Array(rows))
                guard values >= 12 else { continue }
                let chunks = bands.flatMap { Set($0.map { (fromSouth ? 22 - $0 : $0) / 5 }) }
                #expect(chunks.count == Set(chunks).count, "rows \(rows), \(values) values: \(bands)")
            }
        }
    }

    /// The library reads what lies behind the end of a classic file as zeros.
    @Test(arguments: ["-3", "-6", "-5"]) func truncatedClassicFilesAreRefused(kind: String) throws {
        guard let ncgen = Tool("ncgen", skipping: #function) else { return }
        for time in ["time = 3", "time = UNLIMITED"] {
            for second in ["", "byte w(time, lat, lon) ; w:units = \"1\" ;"] {
                let cdl = """
                    netcdf made { dimensions: \(time) ; lat = 3 ; lon = 5 ;
                    variables: double lat(lat), lon(lon) ; int time(time) ; short v(time, lat, lon) ;
                    \(second)
                    lat:units = "degrees_north" ; lon:units = "degrees_east" ; v:valid_range = -5s, 9999s ;
                    time:units = "hours since 2016-01-01" ; :title = "a title" ;
                    data: lat = 2, 1, 0 ; lon = 0, 1, 2, 3, 4 ; time = 0, 1, 2 ;
                    v = \((0..<45).map { "\($0)" }.joined(separator: ", ")) ;
                    \(second.isEmpty ? "" : "w = \((0..<45).map { "\($0)" }.joined(separator: ", ")) ;") }
                    """
                let folder = try TemporaryFolder()
                let source = try folder.write(Array(cdl.utf8), to: "made.cdl")
                try ncgen.run(kind, "-o", folder.file("made.nc"), source)
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.file("made.nc"))))
                let window = PixelWindow(column: 0, row: 0, columns: 5, rows: 3)
                let whole = try NetCDFFile(path: folder.file("made.nc")).variable(named: "v")
                #expect(try whole.read(steps: 0..<3, window: window) == (0..<45).map { Float($0) })
                for count in [bytes.count - 8, bytes.count / 2, 100, 20] {
                    let path = try folder.write(Array(bytes.prefix(count)), to: "cut.nc")
                    let error = #expect(throws: RasterError.self) { try NetCDFFile(path: path) }
                    #expect(error?.problem.contains("is truncated") == true, "\(kind) \(count)")
                }
            }
        }
    }
}
