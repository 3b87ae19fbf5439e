namespace Relais.Access;

/// <summary>What an API key may do; stored in lower case, '*' stands for all.</summary>
internal enum Scope
{
    Contacts,
    Campaigns,
    Messages,
    Telephony,
}

/// <summary>What a member may do: a viewer reads, an operator works, an owner decides on money, access and deletion. Each may what the ones before may.</summary>
internal enum Role
{
    Viewer,
    Operator,
    Owner,
}

/// <summary>The function needs a member of the tenant with at least this role, or, where a scope is named, an API key that has it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequireAttribute : Attribute
{
    /// <summary>People only.</summary>
    public RequireAttribute(Role role) => Role = role;

    public RequireAttribute(Role role, Scope scope)
    {
        Role = role;
        Scope = scope;
    }

    public Role Role { get; }

    public Scope? Scope { get; }
}

/// <summary>The function needs somebody with a valid access token, member of a tenant or not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SignedInAttribute : Attribute;

/// <summary>The function is open to everybody, or checks its caller by other means: <paramref name="reason"/> says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PublicAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;

    /// <summary>Requests count against the limit of their address. A provider's webhook is signed and must not be lost: it does not.</summary>
    public bool IsLimited { get; init; }
}
