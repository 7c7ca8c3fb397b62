import Products
import Testing

/// Mistakes within one key: what is replaced in the good text, and what is said about it.
@Suite struct MistakeTests {
    struct Case: CustomTestStringConvertible {
        let part: String
        let other: String
        let messages: [String]
        var testDescription: String { "\(part) -> \(other)" }

        init(_ part: String, _ other: String, _ messages: String...) {
            self.part = part
            self.other = other
            self.messages = messages
        }
    }

    @Test(arguments: [
        Case("name: small\n", "name: small\ntiel: 3\n", "2: unknown key 'tiel' (did you mean 'tile'?)"),
        Case(
            "name: small\n", "name: small\ncolour: red\n",
            "2: unknown key 'colour': remove it, or choose from name, grid, period, covariates, layers, "
                + "output, unit, "
                + "tile, mask, missing"),
        Case("name: small\n", "", "1: missing key 'name': add it, such as name: gssm1km"),
        Case("name: small\n", "name: small\ntile:\n", "2: key 'tile' has no value: write tile: 480"),
        Case(
            "name: small\n", "name: a b\n",
            "1: name: 'a b' becomes part of file names: use letters a-z, digits, '-', '_' and '.'"),
        Case(
            "name: small\n", "name: [small]\n",
            "1: name: must be a text, such as name: gssm1km; a text that begins with { or [ needs quotes"),
        Case(
            "name: small\n", "name: small\ntile: 0\n",
            "2: tile: '0' is not a whole number from 1 to 16384, such as tile: 480"),
        Case(
            "name: small\n", "name: small\ntile: 4.5\n",
            "2: tile: '4.5' is not a whole number from 1 to 16384, such as tile: 480"),
        Case(
            "name: small\n", "name: small\nunit: week\n",
            "2: unit: 'week' is neither month nor a number of days from 1 to 3660"),
        Case(
            "name: small\n", "name: small\nmissing: nodat\n",
            "2: missing: 'nodat' is not known (did you mean 'nodata'?): choose fail, nodata"),
        Case(
            "name: small\n", "name: small\nmask: {source: \"land_{year}.tif\"}\n",
            "2: mask: source: 'land_{year}.tif' must be one file: take the dates out"),
        Case(
            "2016-01-01..2016-12-31", "2016-02-30..2016-12-31",
            "3: period: '2016-02-30' is not a day of the calendar: write it as 2016-01-31"),
        Case(
            "2016-01-01..2016-12-31", "2016-13-01..16-12-31",
            "3: period: '2016-13-01' is not a day of the calendar: write it as 2016-01-31",
            "3: period: '16-12-31' is not a day of the calendar: write it as 2016-01-31"),
        Case(
            "2016-01-01..2016-12-31", "2016-12-31..2016-01-01",
            "3: period: '2016-12-31..2016-01-01' runs backward: swap the two days"),
        Case(
            "[clay, rain, range]", "[]",
            "11: layer 'top': features: must not be empty: list at least one, such as features: [clay, "
                + "rain]"),
        Case(
            "unit: mm\n", "unit: mm\n    resampel: nearest\n",
            "8: covariate 'rain': unknown key 'resampel' (did you mean 'resample'?)"),
        Case(
            "unit: mm\n", "unit: mm\n    resample: bilinar\n",
            "8: covariate 'rain': resample: 'bilinar' is not known (did you mean 'bilinear'?): choose "
                + "nearest, "
                + "bilinear, average, mode"),
        Case(
            "unit: mm\n", "unit: mm\n    valid: [5, 1]\n",
            "8: covariate 'rain': valid: [5.0, 1.0] runs backward: swap the two numbers"),
        Case(
            "unit: mm\n", "unit: mm\n    valid: [5]\n",
            "8: covariate 'rain': valid: must be a list of two, such as valid: [0, 500]"),
        Case(
            "unit: mm\n", "unit: mm\n    scale: 0\n",
            "8: covariate 'rain': scale: must not be 0: every value would be the same; leave it out for 1"),
        Case(
            "unit: mm\n", "unit: mm\n    offset: K\n",
            "8: covariate 'rain': offset: 'K' is not a number, such as offset: -273.15"),
        Case(
            "unit: mm\n", "unit: mm\n    outside: ignore\n",
            "8: covariate 'rain': outside: 'ignore' is not known: choose fail, nodata"),
        Case(
            "{difference: [clay, rain]}", "{difference: [clay, rain]}, resample: nearest",
            "9: covariate 'range': unknown key 'resample': remove it, or choose from name, unit, source, "
                + "scale, offset, valid, above"),
        Case(
            "type: uint16", "type: uint8",
            "12: output: type: 'uint8' is not known: choose uint16, int16, float32"),
        Case(
            "nodata: 65535", "nodata: -1",
            "12: output: nodata: uint16 cannot hold -1: choose a whole number from 0 to 65535"),
        Case(
            "type: uint16, scale: 0.001, nodata: 65535", "type: int16, nodata: 65535",
            "12: output: nodata: int16 cannot hold 65535: choose a whole number from -32768 to 32767"),
        Case(
            "type: uint16, scale: 0.001, nodata: 65535", "type: float32, nodata: 0.1",
            "12: output: nodata: float32 cannot hold 0.1: choose a number of 32 bits, such as "
                + "0.10000000149011612"
        ),
        Case(
            "scale: 0.001", "scale: 0",
            "12: output: scale: must not be 0: every value would be the same; leave it out for 1"),
        Case(
            "unit: m3 m-3}", "unit: m3 m-3, compress: lzw}",
            "12: output: compress: 'lzw' is not known: choose zstd, deflate, none"),
        Case(
            "model: top.forest", "depth: [-1, 0], model: top.forest",
            "11: layer 'top': depth: -1.0 is above the ground: depths are metres below the surface"),
    ])
    func mistakeOfOneKey(_ sample: Case) throws {
        #expect(
            try ProductText.mistakes(in: ProductText.replacing(sample.part, with: sample.other))
                == sample.messages)
    }

    static let presets = "ease2-1km, global-30arcsec, gssm1km, smci-30arcsec"

    @Test(arguments: [
        (
            "gssm1k",
            "2: grid: unknown preset 'gssm1k' (did you mean 'gssm1km'?): choose \(presets), or spell the "
                + "grid out as "
                + "{crs, west, east, south, north, pixel}"
        ),
        (
            "{crs: x, west: 10, east: 12, south: 40, north: 41, pixel: 0.3}",
            "2: grid: from west to east there are 6.666666666666667 pixels: move an edge or change pixel "
                + "so that the "
                + "number is whole|2: grid: from south to north there are 3.3333333333333335 pixels: move "
                + "an edge or "
                + "change pixel so that the number is whole"
        ),
        (
            "{crs: x, west: 12, east: 10, south: 40, north: 41, pixel: 1}",
            "2: grid: west 12.0 must be less than east 10.0: swap or correct them"
        ),
        (
            "{crs: x, west: 12, east: 13, north: 41, pixel: 1/0}",
            "2: grid: missing key 'south': add it, such as south: -35.3|2: grid: pixel: '1/0' is not a "
                + "number, such as "
                + "pixel: 1/120"
        ),
        (
            "{crs: x, west: 12, north: 41, pixel: -1, columns: 3, rows: 0}",
            "2: grid: pixel: '-1' is not greater than 0, such as pixel: 1/120|2: grid: rows: '0' is not a "
                + "whole number "
                + "from 1 to 100000000, such as rows: 120"
        ),
        (
            "{crs: x, west: 12, east: 13, north: 41, pixel: 1, columns: 1}",
            "2: grid: gives both columns, rows and east, south: keep one of the two"
        ),
        (
            "{crs: EPSG:4326, west: 40, north: 146, pixel: 1, columns: 3, rows: 1}",
            "2: grid: runs from 145.0 to 146.0 degrees north: keep it within -90..90, and do not swap "
                + "longitude and "
                + "latitude"
        ),
        (
            "{crs: x, west: 0, north: 0, pixel: 1, columns: 9000000, rows: 9000000}\ntile: 1",
            "3: tile: 81000000000000 tiles are too many: give tile a larger number of pixels"
        ),
    ])
    func mistakeOfTheGrid(_ grid: String, _ messages: String) throws {
        let good = #"{crs: "EPSG:4326", west: 10, east: 12, south: 40, north: 41, pixel: "1/10"}"#
        let found = try ProductText.mistakes(in: ProductText.replacing(good, with: grid))
        #expect(found == messages.split(separator: "|").map(String.init))
    }
}
