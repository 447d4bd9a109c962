using System.Text.Json;

namespace Evergrant.Load.Http;

/// <summary>The members of a token answer that the scenarios check; null where the answer has none.</summary>
internal readonly record struct TokenAnswer(string? AccessToken, string? RefreshToken, string? Scope, long ExpiresIn, string? Error)
{
    /// <summary>Reads the answer the connection holds; it must be 200 with an access token.</summary>
    public static TokenAnswer Expect(KeepAliveConnection connection)
    {
        var answer = Read(connection.Body.Span);
        if (connection.Status != 200) throw new WrongAnswerException($"{connection.Status} {answer.Error}");
        if (answer.AccessToken is null || answer.ExpiresIn <= 0) throw new WrongAnswerException("200 without access_token or expires_in");
        return answer;
    }

    private static TokenAnswer Read(ReadOnlySpan<byte> json)
    {
        var answer = default(TokenAnswer);
        if (json.IsEmpty || json[0] != '{') return answer;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("access_token"u8)) answer = answer with { AccessToken = Next(ref reader) };
            else if (reader.ValueTextEquals("refresh_token"u8)) answer = answer with { RefreshToken = Next(ref reader) };
            else if (reader.ValueTextEquals("scope"u8)) answer = answer with { Scope = Next(ref reader) };
            else if (reader.ValueTextEquals("error"u8)) answer = answer with { Error = Next(ref reader) };
            else if (reader.ValueTextEquals("expires_in"u8) && reader.Read()) answer = answer with { ExpiresIn = reader.GetInt64() };
            else reader.Skip();
        }

        return answer;
    }

    private static string? Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }
}
