/** What belongs to one's own account: its address, its password, the devices on which it is open, whom it invites. */
import { answerOf, node } from "./node";

export const waysIn = () => answerOf(node.GET("/api/v1/me/ways-in"));
export const confirmByPassword = (password: string) =>
  answerOf(node.POST("/api/v1/sessions/current/confirmation", { body: { password } }));

export const email = () => answerOf(node.GET("/api/v1/me/email"));
export const changeEmail = (address: string) => answerOf(node.PUT("/api/v1/me/email", { body: { address } }));
export const sendLetterAgain = () => answerOf(node.POST("/api/v1/me/email/letter"));
export const dropWaitingEmail = () => answerOf(node.DELETE("/api/v1/me/email/waiting"));
export const removeEmail = () => answerOf(node.DELETE("/api/v1/me/email"));
export const readLink = (token: string) => answerOf(node.POST("/api/v1/mail-links", { body: { token } }));
export const confirmEmail = (token: string) =>
  answerOf(node.POST("/api/v1/email-confirmations", { body: { token } }));

export const changePassword = (password: string) =>
  answerOf(node.PUT("/api/v1/me/password", { body: { password } }));
export const forgotPassword = (address: string) =>
  answerOf(node.POST("/api/v1/password-resets", { body: { address } }));
export const resetPassword = (token: string, password: string) =>
  answerOf(node.POST("/api/v1/password-resets/complete", { body: { token, password, cookie: true } }));

type Json = Record<string, unknown>;

export interface Newcomer {
  username: string;
  display_name: string;
  invitation?: string;
  agrees: boolean;
  old_enough: boolean;
}

export const askForAccount = (wish: Newcomer) =>
  answerOf(node.POST("/api/v1/accounts/passkey/challenge", { body: wish }));
export const signUpByPasskey = (wish: Newcomer, passkey_name: string, credential: Json) =>
  answerOf(
    node.POST("/api/v1/accounts/passkey", { body: { ...wish, passkey_name, credential, cookie: true } }),
  );

export const askForPasskey = () => answerOf(node.POST("/api/v1/me/passkeys/challenge"));
export const keepPasskey = (name: string, credential: Json) =>
  answerOf(node.POST("/api/v1/me/passkeys", { body: { name, credential } }));
export const namePasskey = (passkey_id: string, name: string) =>
  answerOf(
    node.PATCH("/api/v1/me/passkeys/{passkey_id}", { params: { path: { passkey_id } }, body: { name } }),
  );
export const removePasskey = (passkey_id: string) =>
  answerOf(node.DELETE("/api/v1/me/passkeys/{passkey_id}", { params: { path: { passkey_id } } }));
export const askForProof = () => answerOf(node.POST("/api/v1/sessions/passkey/challenge"));
export const signInByPasskey = (credential: Json) =>
  answerOf(node.POST("/api/v1/sessions/passkey", { body: { credential, cookie: true } }));
export const confirmByPasskey = (credential: Json) =>
  answerOf(node.POST("/api/v1/sessions/current/confirmation/passkey", { body: { credential } }));

export const sessions = () => answerOf(node.GET("/api/v1/sessions"));
export const endSession = (session_id: string) =>
  answerOf(node.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id } } }));
export const endOtherSessions = () => answerOf(node.DELETE("/api/v1/sessions"));

export const invitations = () => answerOf(node.GET("/api/v1/signup-invitations"));
export const invite = (wish: { uses: number; days: number; note: string }) =>
  answerOf(node.POST("/api/v1/signup-invitations", { body: wish }));
export const revokeInvitation = (invitation_id: string) =>
  answerOf(
    node.DELETE("/api/v1/signup-invitations/{invitation_id}", { params: { path: { invitation_id } } }),
  );

export const wayThere = (provider: string, next: string) =>
  answerOf(node.POST("/api/v1/provider-flows", { body: { provider, next } }));
export const wayToLink = (provider_id: string) =>
  answerOf(node.POST("/api/v1/me/providers/{provider_id}/flow", { params: { path: { provider_id } } }));
export const unlinkProvider = (provider_id: string) =>
  answerOf(node.DELETE("/api/v1/me/providers/{provider_id}", { params: { path: { provider_id } } }));
export const arrival = () => answerOf(node.GET("/api/v1/provider-arrivals/current"));
export const settleIn = (wish: Newcomer) =>
  answerOf(node.POST("/api/v1/provider-arrivals/current", { body: wish }));

export const dataExport = () => answerOf(node.GET("/api/v1/me/export"));
export const askForExport = () => answerOf(node.POST("/api/v1/me/export"));
export const dropExport = () => answerOf(node.DELETE("/api/v1/me/export"));
export const deleteAccount = () => answerOf(node.DELETE("/api/v1/me"));
