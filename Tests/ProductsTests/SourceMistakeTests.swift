import Products
import Testing
import Tiling

/// Mistakes of sources, of rules in time, and across covariates and layers.
@Suite struct SourceMistakeTests {
    @Test func topographicIndices() throws {
        for (source, message) in [
            (
                "{topographic-index: dem.tif, mode: old}",
                "source: mode: 'old' is not known: choose published, corrected"
            ),
            (
                "{topographic-index: dem.tif, accumulation: upa.tif}",
                "source: accumulation: needs the directions that it was summed along"
            ),
            (
                "{topographic-index: \"dem_*.tif\"}",
                "source: topographic-index: 'dem_*.tif' must be one file: spell out what * stands for"
            ),
        ] {
            let text = try ProductText.replacing("{raster: clay.tif}", with: source)
            #expect(try ProductText.mistakes(in: text) == ["5: covariate 'clay': \(message)"])
        }
        let two = try ProductText.replacing(
            "{netcdf: \"m_{year}.nc\", variable: rain}", with: "{topographic-index: dem.tif}"
        ).replacing("{raster: clay.tif}", with: "{topographic-index: dem.tif, mode: published}")
        #expect(
            try ProductText.mistakes(in: two) == [
                "6: covariate 'rain': makes another topographic index than covariate 'clay' on line 5: a run "
                    + "makes one; make the other beforehand, with tilth terrain index"
            ])
    }

    @Test(arguments: [
        ("rain", "'rain' is in 'mm', 'clay' in '%': only the same unit can be compared"),
        ("clay", "nothing is above itself: name the lower one of two covariates"),
        ("rian", "there is no covariate 'rian' (did you mean 'rain'?)"),
    ])
    func whatIsAboveWhat(other: String, message: String) throws {
        let text = try ProductText.replacing(
            "{raster: clay.tif}}", with: "{raster: clay.tif}, above: \(other)}")
        #expect(try ProductText.mistakes(in: text) == ["5: covariate 'clay': above: \(message)"])
        let right = try ProductText.replacing(
            "{raster: clay.tif}}", with: "{raster: clay.tif}, above: range}")
        #expect(try ProductText.load(right).product.covariate(named: "clay")?.above == "range")
    }

    /// Line 5 of the good text, from `source:` on.
    @Test(arguments: [
        (
            "{raster: \"c_{yera}.tif\"}",
            "source: raster: unknown placeholder '{yera}' in 'c_{yera}.tif' (did you mean '{year}'?): "
                + "choose from {year}, "
                + "{month}, {day}, {doy}"
        ),
        (
            "{raster: \"c_{year.tif\"}",
            "source: raster: 'c_{year.tif' has a lone '{': placeholders are {year}, {month}, {day}, {doy}"
        ),
        (
            "{raster: \"c_{year}{day}.tif\"}",
            "source: raster: 'c_{year}{day}.tif' has {day} without {month}: add {month}, or use {doy}"
        ),
        ("{raster: c.tif, bnad: 2}", "source: unknown key 'bnad' (did you mean 'band'?)"),
        (
            "{raster: c.tif, band: 0}",
            "source: band: '0' is not a whole number from 1 to 65535, such as band: 1"
        ),
        (
            "{raster: c.tif, every: 16}",
            "source: every: a raster has no time of its own: put placeholders such as {year}{doy} into "
                + "'c.tif', or leave "
                + "every out"
        ),
        ("{raster: c.tif, netcdf: c.nc}", "source: gives both raster and netcdf: keep one of them"),
        (
            "{rastr: c.tif}",
            "source: unknown key 'rastr' (did you mean 'raster'?): give one of raster, netcdf, "
                + "granules, topographic-index, difference, mean, continuous"
        ),
        (
            "{}",
            "source: says no kind: give one of raster, netcdf, granules, topographic-index, difference, "
                + "mean, continuous"
        ),
        (
            "[c.tif]",
            "source: says no kind: give one of raster, netcdf, granules, topographic-index, difference, "
                + "mean, continuous"
        ),
        (
            "longitude",
            "source: 'longitude' is no source: write lat, lon, day-of-year, {raster: longitude} or "
                + "{netcdf: longitude, "
                + "variable: NAME}"
        ),
        ("{netcdf: c.nc}", "source: missing key 'variable': add it, such as variable: rain"),
        (
            "{netcdf: c.nc, variable: [v, v]}",
            "source: variable: 'v' is summed twice: keep one, or use scale: 2"
        ),
        (
            "{difference: [rain]}",
            "source: difference: must be a list of two, such as difference: [lst_day, lst_night]"
        ),
        ("{mean: [rain, rian]}", "source: mean: there is no covariate 'rian' (did you mean 'rain'?)"),
        ("{mean: [rain, snowfall]}", "source: mean: there is no covariate 'snowfall': add it to covariates"),
        ("{mean: [clay, rain]}", "is made of itself (clay of clay): read one of them from files"),
        ("{mean: [range, rain]}", "is made of itself (clay of range of clay): read one of them from files"),
        (
            "{raster: c.tif}, interpolate: linear",
            "interpolate: a daily source has nothing to interpolate: leave it out, or say in source every "
                + "how many days "
                + "it comes"
        ),
        (
            "{netcdf: c.nc, variable: v, every: 8}, interpolate: cubic",
            "interpolate: 'cubic' is not known: choose linear, linear-published"
        ),
        (
            "{netcdf: c.nc, variable: v, every: 8}, interpolate: linear-published",
            "interpolate: linear-published is for steps of 16 days: write linear"
        ),
        (
            "{netcdf: c.nc, variable: v, every: 8}, derive: {running-sum: 3}",
            "derive: needs a daily source, this one comes every 8 days"
        ),
        (
            "{raster: c.tif}, derive: {running-sum: 3}",
            "derive: needs a source with dates: put {year} and {doy}, say, into 'c.tif'"
        ),
        (
            "{netcdf: c.nc, variable: v}, derive: {running-sum: 0}",
            "derive: running-sum: '0' is not a whole number from 1 to 3660, such as running-sum: 5"
        ),
        (
            "{netcdf: c.nc, variable: v}, derive: {running-sum: 3, scale: 2}",
            "derive: unknown key 'scale': remove it, or choose from running-sum"
        ),
        (
            "{netcdf: c.nc, variable: v}, derive: {antecedent-index: {terms: 3, decay: 2}}",
            "derive: antecedent-index: decay: 2.0 must be above 0 and at most 1"
        ),
        (
            "{netcdf: c.nc, variable: v}, derive: {antecedant-index: {}}",
            "derive: unknown key 'antecedant-index' (did you mean 'antecedent-index'?): give one of "
                + "antecedent-index, "
                + "running-sum"
        ),
        (
            "{raster: \"c_{year}{doy}.tif\", every: 16}, smooth: {savitzky-golay: {half-window-days: 16}}",
            "smooth: of steps every 16 days at most 3 lie within 16 days of one, never the minimum of 5: "
                + "widen half-window-days"
        ),
        (
            "{netcdf: c.nc, variable: v}, smooth: {savitzky-golay: {}}",
            "smooth: of steps every 1 days 97 lie within 48 days of one, at most 64 can be fitted: narrow "
                + "half-window-days"
        ),
        (
            "{raster: c.tif}, smooth: {savitzky-golay: {}}",
            "smooth: needs a source with dates: put {year} and {doy}, say, into 'c.tif'"
        ),
        (
            "{netcdf: c.nc, variable: v, every: 16}, smooth: {savitzky-golay: {coefficients: 3, minimum: 2}}",
            "smooth: savitzky-golay: minimum: '2' is not a whole number from 3 to 64, such as minimum: 5"
        ),
        (
            "{netcdf: c.nc, variable: v, every: 16}, interpolate: linear, resample: mode",
            "interpolate: mixes values, and resample: mode is for classes: take one of them out"
        ),
        (
            "{netcdf: c.nc, variable: v}, derive: {running-sum: 3}, resample: mode",
            "derive: mixes values, and resample: mode is for classes: take one of them out"
        ),
        (
            "{raster: c.tif}, quality: {in: 0}",
            "quality: says nothing of where the flags are: give band, or a path of their own with raster, "
                + "netcdf or granules"
        ),
        (
            "{raster: \"c.{hv}.hdf\"}",
            "source: raster: unknown placeholder '{hv}' in 'c.{hv}.hdf': choose from {year}, {month}, {day}, "
                + "{doy}"
        ),
        (
            "{granules: \"c.{hx}.hdf\", field: f}",
            "source: granules: unknown placeholder '{hx}' in 'c.{hx}.hdf' (did you mean '{hv}'?): choose "
                + "from {year}, {month}, {day}, {doy}, {hv}"
        ),
        (
            "{granules: \"c.{hv}.hdf\", field: f, band: 2}",
            "source: field: a field has no bands: keep field or band"
        ),
        (
            "{granules: \"c.{hv}.hdf\", field: f, every: 8}",
            "source: every: 'c.{hv}.hdf' has no dates: put {year}{doy}, say, into it, or leave every out"
        ),
        (
            "{granules: \"c.{hv}.hdf\", field: f}, quality: {variable: q, in: 0}",
            "quality: variable: these flags are in granules: give field or band"
        ),
        (
            "{raster: c.tif}, quality: {band: 2, bits: [0, 1], in: [0, 4]}",
            "quality: in: 4 does not fit into 2 bits"
        ),
        (
            "{raster: c.tif}, quality: {band: 2, bits: [3, 1], in: 0}",
            "quality: bits: [3, 1] runs backward: swap the two numbers"
        ),
        (
            "{netcdf: c.nc, variable: v}, quality: {band: 2, in: 0}",
            "quality: band: these flags are in netcdf: give variable"
        ),
        (
            "{netcdf: c.nc, variable: v, daily: sum}",
            "source: unknown key 'daily': remove it, or choose from netcdf, variable, every, grid"
        ),
    ])
    func mistakeOfASource(_ source: String, _ message: String) throws {
        let text = try ProductText.replacing("{raster: clay.tif}", with: source)
        #expect(try ProductText.mistakes(in: text) == ["5: covariate 'clay': \(message)"])
    }

    @Test func namesAndReferencesMustAgree() throws {
        let text = try ProductText.replacing("name: range", with: "name: rain").replacing(
            "features: [clay, rain, range]", with: "features: [clay, clay, ranje]"
        ).replacing(
            "output:", with: "  - {name: TOP, model: a.forest, features: [rain]}\noutput:")
        #expect(
            try ProductText.mistakes(in: text) == [
                "9: covariate 'rain': there is another one of this name on line 6: rename one of them",
                "11: layer 'top': features: 'clay' is listed twice: keep one",
                "11: layer 'top': features: there is no covariate 'ranje': add it to covariates",
                "12: layer 'TOP': name: there is another layer of this name on line 11: rename one of them",
            ])
    }

    @Test(arguments: [
        (
            "{raster: \"m_{year}.nc\"}",
            "6: covariate 'rain': reads 'm_{year}.nc' as netcdf, covariate 'clay' on line 5 as raster: "
                + "write the same in "
                + "both"
        ),
        (
            "{netcdf: \"m_{year}.nc\", variable: v, every: 8}",
            "6: covariate 'rain': takes 'm_{year}.nc' every 1 days, covariate 'clay' on line 5 every 8: "
                + "write the same in "
                + "both"
        ),
    ])
    func oneTemplateHasOneKindAndOnePace(_ source: String, _ message: String) throws {
        let text = try ProductText.replacing("{raster: clay.tif}", with: source)
        #expect(try ProductText.mistakes(in: text) == [message])
    }

    /// A covariate whose name cannot be read may be the one that a feature means.
    @Test func oneMistakeDoesNotBringOthers() throws {
        let text = try ProductText.replacing("{name: clay, unit", with: "{nmae: clay, unit")
        #expect(
            try ProductText.mistakes(in: text) == [
                "5: covariate 1: missing key 'name': add it, such as name: rain",
                "5: covariate 1: unknown key 'nmae' (did you mean 'name'?)",
            ])
    }
}
