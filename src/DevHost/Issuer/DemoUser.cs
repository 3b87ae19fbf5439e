using Relais.DevHost.Seed;

namespace Relais.DevHost.Issuer;

/// <summary>Somebody who can sign in at the development issuer; the password of all is <see cref="Password"/>.</summary>
public sealed record DemoUser(string Subject, string Name, string Email)
{
    public const string Password = "demo";

    /// <summary>Member of nothing until the first sign-up or invitation.</summary>
    internal IReadOnlyList<DemoRole> Roles { get; init; } = [];

    public static DemoUser Awa { get; } = new("demo-awa", "Awa Diallo", "awa@clinique.example") { Roles = [new(DemoTenant.Clinic, "owner", 1)] };

    public static DemoUser Ibrahima { get; } = new("demo-ibrahima", "Ibrahima Sow", "ibrahima@clinique.example") { Roles = [new(DemoTenant.Clinic, "operator", 2)] };

    public static DemoUser Claire { get; } = new("demo-claire", "Claire Martin", "claire@clinique.example") { Roles = [new(DemoTenant.Clinic, "viewer", 3)] };

    public static DemoUser Mamadou { get; } = new("demo-mamadou", "Mamadou Bah", "mamadou@loko.example")
    {
        Roles = [new(DemoTenant.Taxi, "owner", 4), new(DemoTenant.Shop, "operator", 5)],
    };

    public static DemoUser Seny { get; } = new("demo-seny", "Sény Camara", "seny@nimba.example") { Roles = [new(DemoTenant.Shop, "owner", 6)] };

    public static DemoUser Fatou { get; } = new("demo-fatou", "Fatou Keïta", "fatou@nouvelle.example");

    public static IReadOnlyList<DemoUser> All { get; } = [Awa, Ibrahima, Claire, Mamadou, Seny, Fatou];

    /// <summary>By subject or e-mail address.</summary>
    internal static DemoUser? Find(string? name) => All.FirstOrDefault(user => user.Subject == name || user.Email == name);
}

/// <summary>A place in a demo tenant; the number makes the id of the row.</summary>
internal sealed record DemoRole(DemoTenant Tenant, string Name, byte Number)
{
    public Guid MemberId => DemoTenant.Number(5, Number);
}
