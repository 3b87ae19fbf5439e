using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>Answers the searches of AvailablePhoneNumbers: the numbers for sale by country and type.</summary>
internal sealed class NumberSearch(Simulation simulation)
{
    public RestAnswer Search(HttpContext http)
    {
        var blocks = NumbersForSale.Of(http.GetRouteValue("country") as string, NumberTypes.OfPath(http.GetRouteValue("type") as string));
        if (blocks.Count == 0)
        {
            return TwilioFault.NotFound(http.Request.Path);
        }

        var query = http.Request.Query;
        if (Validate(query) is { } fault)
        {
            return fault;
        }

        var size = int.TryParse(query["PageSize"], CultureInfo.InvariantCulture, out var requestedSize)
            ? Math.Clamp(requestedSize, 1, 1000)
            : 50;
        var pattern = query["Contains"].ToString() is { Length: > 0 } contains ? NumberPattern.Of(contains) : null;
        var found = from block in blocks
                    where Matches(block, query)
                    from number in block.Numbers()
                    where (pattern is null || pattern.IsMatch(number)) && simulation.Numbers.Owned(number) is null
                    select Json(block, number);
        return RestAnswer.Ok(new
        {
            available_phone_numbers = found.Take(size).ToList(),
            uri = http.Request.Path + http.Request.QueryString,
        });
    }

    private static TwilioFault? Validate(IQueryCollection query)
    {
        if (query["AreaCode"].ToString() is { Length: > 0 } areaCode
            && !int.TryParse(areaCode, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return TwilioFault.BadRequest(21451, $"Invalid area code: {areaCode}");
        }

        return query["Contains"].ToString() is { Length: > 0 } contains && !NumberPattern.IsValid(contains)
            ? TwilioFault.BadRequest(20422, $"Invalid Contains: {contains}. Use 2 to 16 digits, letters or wildcards")
            : null;
    }

    private static bool Matches(NumberBlock block, IQueryCollection query)
    {
        bool Is(string name, string? value) =>
            query[name].ToString() is not { Length: > 0 } requested
            || string.Equals(requested, value, StringComparison.OrdinalIgnoreCase);
        bool Can(string name, bool isCapable) =>
            query[name].ToString() is not { Length: > 0 } requested
            || string.Equals(requested, "true", StringComparison.OrdinalIgnoreCase) == isCapable;
        bool IsExcluded(string name, AddressRequirement requirement) => query[name] == "true" && block.Address == requirement;
        return (!block.IsNorthAmerican || Is("AreaCode", block.AreaCode))
            && Is("InRegion", block.Region) && Is("InLocality", block.Locality)
            && (query["InPostalCode"].ToString() is not { Length: > 0 } postalCode
                || block.PostalCode?.StartsWith(postalCode, StringComparison.OrdinalIgnoreCase) == true)
            && Can("SmsEnabled", true) && Can("MmsEnabled", block.Mms) && Can("VoiceEnabled", block.Voice) && Can("FaxEnabled", false)
            && (query["ExcludeAllAddressRequired"] != "true" || block.Address == AddressRequirement.None)
            && !IsExcluded("ExcludeLocalAddressRequired", AddressRequirement.Local)
            && !IsExcluded("ExcludeForeignAddressRequired", AddressRequirement.Foreign);
    }

    // As at Twilio, a search writes the capabilities as SMS and MMS, but an owned number writes sms and mms.
    private static object Json(NumberBlock block, string number) => new
    {
        friendly_name = block.FriendlyName(number),
        phone_number = number,
        lata = block.Type == NumberType.Local && block.IsNorthAmerican ? "888" : null,
        locality = block.Locality,
        rate_center = block.IsNorthAmerican ? block.Locality?.ToUpperInvariant() : null,
        latitude = block.Latitude?.ToString(CultureInfo.InvariantCulture),
        longitude = block.Longitude?.ToString(CultureInfo.InvariantCulture),
        region = block.Region,
        postal_code = block.PostalCode,
        iso_country = block.Country,
        address_requirements = block.Address.Wire(),
        beta = false,
        capabilities = new { voice = block.Voice, SMS = true, MMS = block.Mms },
    };
}
