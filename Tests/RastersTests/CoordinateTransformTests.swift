import Rasters
import Testing

@Suite struct CoordinateTransformTests {
    @Test func longitudeComesFirst() throws {
        // EPSG registers 4326 as latitude, longitude; maps and users have it the other way round.
        let transform = try CoordinateTransform(from: "EPSG:4326", to: "EPSG:3035")
        var x = [10.0, 6.0]
        var y = [52.0, 50.0]
        transform.transform(x: &x, y: &y)
        // 10 E, 52 N is the origin of ETRS89-LAEA, with false coordinates 4321000 / 3210000.
        #expect(abs(x[0] - 4_321_000) < 1e-3 && abs(y[0] - 3_210_000) < 1e-3)
        #expect(abs(x[1] - 4_034_417.0) < 1000 && abs(y[1] - 2_996_000) < 5000)
        #expect(!transform.isIdentity)
        let back = try CoordinateTransform(from: "EPSG:3035", to: "EPSG:4326")
        back.transform(x: &x, y: &y)
        #expect(abs(x[1] - 6) < 1e-7 && abs(y[1] - 50) < 1e-7)
    }

    @Test func equalReferencesAreTheIdentityWhateverTheirSpelling() throws {
        let wkt = """
            GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],\
            UNIT["degree",0.0174532925199433]]
            """
        #expect(try CoordinateTransform(from: "EPSG:4326", to: wkt).isIdentity)
        #expect(try CoordinateTransform(from: "EPSG:4326", to: "+proj=longlat +datum=WGS84").isIdentity)
        #expect(try !CoordinateTransform(from: "EPSG:4326", to: "EPSG:6933").isIdentity)
    }

    @Test func pointsWithoutPlaceAreNaN() throws {
        let transform = try CoordinateTransform(from: "EPSG:4326", to: "EPSG:3857")
        var x = [0.0, 0, .infinity]
        var y = [45.0, 95, 0]
        transform.transform(x: &x, y: &y)
        #expect(x[0].isFinite && x[1].isNaN && y[1].isNaN && x[2].isNaN)
    }

    @Test func nonsenseIsRefused() {
        #expect(throws: RasterError.self) { try CoordinateTransform(from: "EPSG:4326", to: "not a CRS") }
        #expect(throws: RasterError.self) { try CoordinateTransform(from: "", to: "EPSG:4326") }
    }
}
