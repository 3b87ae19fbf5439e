namespace Relais.DevHost.Seed;

/// <summary>A tenant of the demo, with its provider account and its one sender.</summary>
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

    /// <summary>E.164.</summary>
    public required string Address { get; init; }

    public string? SandboxJoinCode { get; init; }

    /// <summary>As the provider writes it.</summary>
    public string ProviderAddress => Channel == "whatsapp" ? $"whatsapp:{Address}" : Address;

    public static DemoTenant Taxi { get; } = new()
    {
        Id = Number(1, 1),
        KeyId = Number(2, 1),
        AccountId = Number(3, 1),
        SenderId = Number(4, 1),
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
        Id = Number(1, 2),
        KeyId = Number(2, 2),
        AccountId = Number(3, 2),
        SenderId = Number(4, 2),
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
        Id = Number(1, 3),
        KeyId = Number(2, 3),
        AccountId = Number(3, 3),
        SenderId = Number(4, 3),
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

    internal static Guid Number(byte kind, byte number) => new(0x019b8000, 0x0000, 0x7000, 0x80, 0, 0, 0, 0, 0, kind, number);
}
