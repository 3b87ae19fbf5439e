namespace Relais.Access;

/// <summary>
/// Opens the function to members of the tenant with at least this role and, if the attribute names a scope, to API keys with that scope.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequireAttribute : Attribute
{
    /// <summary>Opens the function to members only, not to API keys.</summary>
    public RequireAttribute(Role role) => Role = role;

    public RequireAttribute(Role role, Scope scope)
    {
        Role = role;
        Scope = scope;
    }

    public Role Role { get; }

    public Scope? Scope { get; }
}
