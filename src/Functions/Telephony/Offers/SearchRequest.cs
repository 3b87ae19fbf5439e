using System.ComponentModel;
using System.Text.Json.Serialization;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Telephony.Offers;

/// <summary>Which numbers are wanted. Credentials are used for this call alone; without them, the stored ones are.</summary>
internal sealed record SearchRequest
{
    [JsonPropertyName("account_sid")]
    public string? AccountSid { get; init => field = FieldForms.Given(value); }

    [JsonPropertyName("auth_token")]
    public string? AuthToken { get; init => field = FieldForms.Given(value); }

    /// <summary>Canada and the United States only.</summary>
    public AreaCode? AreaCode { get; init => field = value is { Digits: "" } ? null : value; }

    /// <summary>2 to 16 digits or letters, * for any digit.</summary>
    public string? Contains { get; init => field = FieldForms.Given(value); }

    [Description("Two letters in any case; the tenant's country when left out.")]
    public string? Country { get; init => field = FieldForms.Given(value)?.ToUpperInvariant(); }

    [Description("local (when left out), mobile or toll_free, in any case; tollfree and toll-free are understood.")]
    public string? Type { get; init => field = NumberTypes.Spelled(value); }

    // the token stays out of anything that prints the record
    public override string ToString() => "search";

    /// <param name="tenantCountry">Where the tenant is.</param>
    public Failure? FailureOf(string tenantCountry) => new Faults()
        .CheckCredentials(AccountSid, AuthToken)
        .Check("country", Country is null || FieldForms.IsCountry(Country), FieldForms.CountryFault)
        .Check("type", Type is null || NumberTypes.All.Contains(Type), FieldForms.TypeFault)
        .Check("areaCode", AreaCode is null || FieldForms.IsAreaCode(AreaCode.Digits), "must be three digits, such as 418")
        .Check("areaCode", AreaCode is null || (Country ?? tenantCountry) is "CA" or "US", "is for Canada and the United States only")
        .Check("contains", Contains is null || FieldForms.IsPattern(Contains), "must be 2 to 16 digits, letters, * or %; + only at the start, $ only at the end")
        .Failure;
}

/// <summary>Numbers for sale, 30 at the most.</summary>
internal sealed record SearchAnswer(bool Success, IReadOnlyList<FoundNumber> Numbers, int Count);

internal sealed record FoundNumber(
    string PhoneNumber, string FriendlyName, string? Locality, string? Region, ShownCapabilities Capabilities,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? MonthlyPrice);

internal sealed record ShownCapabilities([property: JsonPropertyName("SMS")] bool Sms, [property: JsonPropertyName("MMS")] bool Mms, [property: JsonPropertyName("voice")] bool Voice)
{
    public static ShownCapabilities Of(NumberCapabilities given) => new(given.Sms, given.Mms, given.Voice);
}
