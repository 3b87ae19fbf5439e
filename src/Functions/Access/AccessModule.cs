using Relais.Access.Audit;
using Relais.Access.Invitations;
using Relais.Access.Keys;
using Relais.Access.Limits;
using Relais.Access.Members;
using Relais.Access.Tenants;
using Relais.Access.Tokens;
using Relais.Platform.Settings;

namespace Relais.Access;

internal static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddValidatedOptions<AccessOptions>(AccessOptions.Section)
        .AddValidatedOptions<LimitOptions>(LimitOptions.Section)
        .AddSingleton(new AccessRules(typeof(AccessModule).Assembly))
        .AddSingleton<RequestLimits>()
        .AddSingleton<IssuerClient>()
        .AddSingleton<IssuerKeyCache>()
        .AddSingleton<VerifyToken>()
        .AddSingleton<ApiKeyCache>()
        .AddSingleton<AuthenticateRequest>()
        .AddSingleton<FindMemberships>()
        .AddSingleton<GetMe>()
        .AddSingleton<CreateTenant>()
        .AddSingleton<GetTenant>()
        .AddSingleton<ChangeTenant>()
        .AddSingleton<ListMembers>()
        .AddSingleton<ChangeRole>()
        .AddSingleton<RemoveMember>()
        .AddSingleton<LeaveTenant>()
        .AddSingleton<InviteMember>()
        .AddSingleton<ListInvitations>()
        .AddSingleton<RevokeInvitation>()
        .AddSingleton<AcceptInvitation>()
        .AddSingleton<CreateApiKey>()
        .AddSingleton<ListApiKeys>()
        .AddSingleton<RevokeApiKey>()
        .AddSingleton<ListAudit>();
}
