using Microsoft.Azure.Functions.Worker;

namespace Relais.Access;

/// <summary>A user with a valid access token, not necessarily a member of a tenant.</summary>
/// <param name="Issuer">The issuer of the token, equal to the setting Access:Issuer.</param>
/// <param name="Subject">The permanent id of the user at the issuer; at most 255 characters.</param>
/// <param name="Name">The display name; may be empty.</param>
/// <param name="Email">The unverified email address, for display only; null if the token has none.</param>
internal sealed record SignedInUser(string Issuer, string Subject, string Name, string? Email)
{
    public Actor Actor => new(ActorKind.Person, Subject, Name);
}

internal static class SignedInUserContext
{
    private static readonly object Key = new();

    /// <summary>Returns the signed-in user. Throws if the function has no [SignedIn].</summary>
    public static SignedInUser SignedInUser(this FunctionContext context) =>
        context.Items.TryGetValue(Key, out var user)
            ? (SignedInUser)user
            : throw new InvalidOperationException(
                $"{context.FunctionDefinition.Name} has no signed-in user, because it has no [SignedIn].");

    public static void SetSignedInUser(this FunctionContext context, SignedInUser user) => context.Items[Key] = user;
}
