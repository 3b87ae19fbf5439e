using Relais.DevHost.Seed;

namespace Relais.DevHost.Issuer;

/// <summary>A person who can sign in at the development issuer. All of them have the password <see cref="Password"/>.</summary>
/// <param name="Subject">The sub claim of the tokens.</param>
/// <param name="Name">The display name.</param>
/// <param name="Email">The e-mail address.</param>
public sealed record DemoUser(string Subject, string Name, string Email)
{
    public const string Password = "demo";

    /// <summary>The person's roles in demo tenants; empty when the person must sign up or be invited first.</summary>
    internal IReadOnlyList<DemoRole> Roles { get; init; } = [];

    public static DemoUser Awa { get; } = new("demo-awa", "Awa Diallo", "awa@clinique.example")
    {
        Roles = [new(DemoTenant.Clinic, "owner", 1)],
    };

    public static DemoUser Ibrahima { get; } = new("demo-ibrahima", "Ibrahima Sow", "ibrahima@clinique.example")
    {
        Roles = [new(DemoTenant.Clinic, "operator", 2)],
    };

    public static DemoUser Claire { get; } = new("demo-claire", "Claire Martin", "claire@clinique.example")
    {
        Roles = [new(DemoTenant.Clinic, "viewer", 3)],
    };

    public static DemoUser Mamadou { get; } = new("demo-mamadou", "Mamadou Bah", "mamadou@loko.example")
    {
        Roles = [new(DemoTenant.Taxi, "owner", 4), new(DemoTenant.Shop, "operator", 5)],
    };

    public static DemoUser Seny { get; } = new("demo-seny", "Sény Camara", "seny@nimba.example")
    {
        Roles = [new(DemoTenant.Shop, "owner", 6)],
    };

    public static DemoUser Fatou { get; } = new("demo-fatou", "Fatou Keïta", "fatou@nouvelle.example");

    public static IReadOnlyList<DemoUser> All { get; } = [Awa, Ibrahima, Claire, Mamadou, Seny, Fatou];

    /// <param name="name">Subject or e-mail address.</param>
    internal static DemoUser? Find(string? name) => All.FirstOrDefault(user => user.Subject == name || user.Email == name);
}

/// <summary>A membership in a demo tenant.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Name">owner, operator or viewer.</param>
/// <param name="Number">Unique number of the membership, from which its row id is derived.</param>
internal sealed record DemoRole(DemoTenant Tenant, string Name, byte Number)
{
    public Guid MemberId => DemoTenant.CreateId(5, Number);
}
