namespace Relais.Channels;

/// <summary>An account at the provider with its token opened, for one call or a few.</summary>
internal sealed record ProviderAccount(string Sid, string Token)
{
    // the token stays out of anything that prints the record
    public override string ToString() => $"account {Sid}";
}

/// <param name="Status">active, suspended or closed.</param>
/// <param name="IsSubAccount">Billed to another account: it has no balance of its own.</param>
internal sealed record AccountInfo(string FriendlyName, string Status, bool IsTrial, bool IsSubAccount)
{
    /// <summary>As the provider writes it.</summary>
    public string Sid { get; init; } = "";
}

internal sealed record Money(decimal Amount, string Currency);

/// <param name="Type">local, mobile or toll_free.</param>
/// <param name="Contains">A pattern of digits, letters and the provider's wildcards.</param>
internal sealed record NumberSearch(string Country, string Type, string? AreaCode = null, string? Contains = null, bool SmsOnly = true, int Limit = 30);

internal sealed record NumberCapabilities(bool Sms, bool Mms, bool Voice)
{
    /// <summary>As the column capabilities holds them.</summary>
    public string[] Names => [.. new[] { (Sms, "sms"), (Mms, "mms"), (Voice, "voice") }.Where(one => one.Item1).Select(one => one.Item2)];

    public static NumberCapabilities FromNames(IReadOnlyCollection<string> names) => new(names.Contains("sms"), names.Contains("mms"), names.Contains("voice"));
}

/// <summary>A number for sale.</summary>
/// <param name="AddressRequirement">Which address the buyer must have: none, any, local or foreign.</param>
internal sealed record AvailableNumber(
    string Number, string FriendlyName, string? Locality, string? Region, NumberCapabilities Capabilities, string AddressRequirement);

/// <summary>What a kind of buyer must prove in one country.</summary>
/// <param name="RequiresDocuments">False: the rule asks for nothing.</param>
internal sealed record NumberRegulation(string Name, string EndUserType, bool RequiresDocuments);

internal sealed record AddressRecord(string Sid, string Name, string Country);

internal sealed record BundleRecord(string Sid, string Name);

/// <summary>Where a number's inbound messages and the reports on its calls go; POST all.</summary>
internal sealed record NumberWebhooks(Uri SmsUrl, Uri SmsFallbackUrl, Uri StatusCallback);

internal sealed record NumberPurchase(string Number, string? AddressSid, string? BundleSid, NumberWebhooks Webhooks);

/// <summary>A number that the account holds, as the provider has it now.</summary>
/// <param name="SmsApplicationSid">When set, it stands above all the URLs.</param>
internal sealed record OwnedNumber(
    string Sid, string Number, string FriendlyName, DateTimeOffset? CreatedAt, string? Type, NumberCapabilities Capabilities,
    string? SmsUrl, string? SmsMethod, string? SmsFallbackUrl, string? SmsFallbackMethod, string? SmsApplicationSid)
{
    public string? StatusCallback { get; init; }

    public string? StatusCallbackMethod { get; init; }
}
