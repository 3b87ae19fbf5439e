namespace Relais.DevHost.Seed;

/// <summary>A demo tenant with its provider account and its sender.</summary>
internal sealed record DemoTenant
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string Country { get; init; }
    public required string TimeZone { get; init; }
    public required Guid KeyId { get; init; }
    public required Guid AccountId { get; init; }
    public required string AccountSid { get; init; }
    public required Guid SenderId { get; init; }
    public required string Channel { get; init; }

    /// <summary>The sender's number in E.164 form.</summary>
    public required string Address { get; init; }

    /// <summary>The join code of a sandbox sender; null for other senders.</summary>
    public string? SandboxJoinCode { get; init; }

    /// <summary>The sender's address in the provider's form, such as whatsapp:+224620000000.</summary>
    public string ProviderAddress => Channel == "whatsapp" ? $"whatsapp:{Address}" : Address;

    public static DemoTenant Taxi { get; } = new()
    {
        Id = CreateId(1, 1),
        KeyId = CreateId(2, 1),
        AccountId = CreateId(3, 1),
        SenderId = CreateId(4, 1),
        Slug = "loko-taxi",
        Name = "Loko Taxi",
        Country = "GN",
        TimeZone = "Africa/Conakry",
        AccountSid = "AC00000000000000000000000000000001",
        Channel = "whatsapp",
        Address = "+224620000000",
    };

    public static DemoTenant Clinic { get; } = new()
    {
        Id = CreateId(1, 2),
        KeyId = CreateId(2, 2),
        AccountId = CreateId(3, 2),
        SenderId = CreateId(4, 2),
        Slug = "clinique-de-la-gare",
        Name = "Clinique de la Gare",
        Country = "FR",
        TimeZone = "Europe/Paris",
        AccountSid = "AC00000000000000000000000000000002",
        Channel = "sms",
        Address = "+33644600001",
    };

    public static DemoTenant Shop { get; } = new()
    {
        Id = CreateId(1, 3),
        KeyId = CreateId(2, 3),
        AccountId = CreateId(3, 3),
        SenderId = CreateId(4, 3),
        Slug = "boutique-nimba",
        Name = "Boutique Nimba",
        Country = "GN",
        TimeZone = "Africa/Conakry",
        AccountSid = "AC00000000000000000000000000000003",
        Channel = "whatsapp",
        Address = "+14155238886",
        SandboxJoinCode = "happy-otter",
    };

    public static IReadOnlyList<DemoTenant> All { get; } = [Taxi, Clinic, Shop];

    /// <summary>Creates a fixed row id.</summary>
    /// <param name="kind">The kind of row: tenant 1, API key 2, account 3, sender 4, member 5.</param>
    /// <param name="number">Unique within the kind.</param>
    internal static Guid CreateId(byte kind, byte number) => new(0x019b8000, 0x0000, 0x7000, 0x80, 0, 0, 0, 0, 0, kind, number);
}
