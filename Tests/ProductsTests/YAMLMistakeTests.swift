import Foundation
import Products
import Testing

/// Mistakes of the YAML itself, of the file, and many mistakes at once.
@Suite struct YAMLMistakeTests {
    @Test(arguments: [
        (
            "name: [a\ngrid: b\n",
            "2: is not YAML: while parsing a flow sequence (line 1): did not find expected ',' or ']': "
                + "correct the line"
        ),
        (
            "name: a\nsource: {raster: x_{year}.tif}\n",
            "2: is not YAML: while parsing a flow mapping (line 2): did not find expected ',' or '}': put "
                + "a path that "
                + "holds {year} in quotes"
        ),
        (
            "name: a\ngrid:\n\t- b\n",
            "3: is not YAML: while scanning for the next token (line 3): found character that cannot "
                + "start any token: "
                + "indent with blanks, not with tabs"
        ),
        (
            "name: a\n---\nname: b\n",
            "2: is not YAML: expected a single document in the stream (line 1): but found another "
                + "document: correct the "
                + "line"
        ),
        ("name: a\ngrid: *b\n", "2: is not YAML: found undefined alias: correct the line"),
        (
            "name: a\ngrid: \u{7}\n",
            "2: is not YAML: control characters are not allowed: remove the character"
        ),
        ("", "1: is empty: begin with name: and grid:"),
        ("# nothing\n", "1: is empty: begin with name: and grid:"),
        ("just words\n", "1: must be a mapping of keys to values"),
    ])
    func syntax(_ text: String, _ message: String) throws {
        #expect(try ProductText.mistakes(in: text) == [message])
    }

    @Test func bytesMustBeText() throws {
        let bytes = Array("name: a\nunit: ".utf8) + [0xE9, 0x0A]
        #expect(try ProductText.mistakes(in: bytes) == ["2: is not UTF-8 text: save it as UTF-8"])
    }

    @Test func theFileMustBeThere() {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml").path
        let error = #expect(throws: ProductFileError.self) { try ProductFile.load(path: path) }
        #expect(error?.description == "\(path): there is no such file: give the path of a product file")
        let folder = FileManager.default.temporaryDirectory.path
        let other = #expect(throws: ProductFileError.self) { try ProductFile.load(path: folder) }
        #expect(other?.description == "\(folder): is a folder: give the path of a product file")
    }

    /// Yams stops at the first repeated key of the first mapping that has one; the report does not.
    @Test func repeatedKeysHideNothing() throws {
        let text =
            try ProductText.replacing("unit: mm\n", with: "unit: mm\n    unit: cm\n    'unit': m\n")
            .replacing("{name: top, model", with: "{name: top, name: top, model").replacing(
                "nodata: 65535", with: "nodata: -1")
            + "name: again\n"
        #expect(
            try ProductText.mistakes(in: text) == [
                "8: covariate 'rain': key 'unit' is given twice (first on line 7): keep one",
                "9: covariate 'rain': key 'unit' is given twice (first on line 7): keep one",
                "13: layer 'top': key 'name' is given twice (first on line 13): keep one",
                "14: output: nodata: uint16 cannot hold -1: choose a whole number from 0 to 65535",
                "15: key 'name' is given twice (first on line 1): keep one",
            ])
    }

    @Test func allMistakesAtOnceOneALine() throws {
        let text = """
            grid: globe
            period: 2016-02-01..2016-01-01
            tile: -5
            covariates:
              - {name: ndvi, unit: "1", source: {raster: "n_{yera}.tif"}, resampel: nearest}
            layers:
              - {name: top, model: top.forest, features: [nvdi]}
            output: {type: int16, scale: 0, nodata: 65535}

            """
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "x.yaml").path
        try Data(text.utf8).write(to: URL(filePath: path))
        let error = #expect(throws: ProductFileError.self) { try ProductFile.load(path: path) }
        let expected = """
            1: grid: unknown preset 'globe': choose \(MistakeTests.presets), or spell the grid out as \
            {crs, west, east, \
            south, north, pixel}
            1: missing key 'name': add it, such as name: gssm1km
            2: period: '2016-02-01..2016-01-01' runs backward: swap the two days
            3: tile: '-5' is not a whole number from 1 to 16384, such as tile: 480
            5: covariate 'ndvi': source: raster: unknown placeholder '{yera}' in 'n_{yera}.tif' (did you \
            mean '{year}'?): \
            choose from {year}, {month}, {day}, {doy}
            5: covariate 'ndvi': unknown key 'resampel' (did you mean 'resample'?)
            7: layer 'top': features: there is no covariate 'nvdi' (did you mean 'ndvi'?)
            8: output: missing key 'unit': add it, such as unit: m3 m-3
            8: output: nodata: int16 cannot hold 65535: choose a whole number from -32768 to 32767
            8: output: scale: must not be 0: every value would be the same; leave it out for 1
            """
        // Mistakes of one line come by column.
        let lines = (error?.description ?? "").split(separator: "\n").map(String.init)
        #expect(lines.sorted() == expected.split(separator: "\n").map { "\(path):\($0)" }.sorted())
        let numbers = error?.mistakes.compactMap(\.line) ?? []
        #expect(numbers == numbers.sorted())
    }
}
