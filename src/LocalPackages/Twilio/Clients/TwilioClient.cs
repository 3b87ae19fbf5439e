using Twilio.Clients;
using Twilio.Exceptions;

namespace Twilio;

/// <summary>The client of calls that name none.</summary>
public class TwilioClient
{
    private static ITwilioRestClient s_client;

    private TwilioClient() { }

    public static void Init(string username, string password) => Init(username, password, null);

    public static void Init(string username, string password, string accountSid)
    {
        if (username is null || password is null)
        {
            throw new AuthenticationException(username is null ? "Username can not be null" : "Password can not be null");
        }

        s_client = new TwilioRestClient(username, password, accountSid);
    }

    public static void SetRestClient(ITwilioRestClient restClient) => s_client = restClient;

    public static ITwilioRestClient GetRestClient() =>
        s_client ?? throw new AuthenticationException("Credentials have not been initialized or changed, please call TwilioClient.init()");
}
