// The question before an action.
/**
 * Asks whether to do something; the focus is on the answer that changes nothing.
 *
 * @param keep label of the button that changes nothing
 */
export function confirm(title, text, action, keep = 'Continue monitoring') {
  const dialog = document.getElementById('confirm');
  const yes = document.getElementById('confirm-yes');
  document.getElementById('confirm-title').textContent = title;
  document.getElementById('confirm-text').textContent = text;
  yes.textContent = action;
  document.getElementById('confirm-no').textContent = keep;
  return new Promise((resolve) => {
    yes.onclick = () => dialog.close('yes');
    document.getElementById('confirm-no').onclick = () => dialog.close('no');
    dialog.onclose = () => {
      const answer = dialog.returnValue;
      dialog.returnValue = '';
      resolve(answer === 'yes');
    };
    dialog.returnValue = '';
    dialog.showModal();
    document.getElementById('confirm-no').focus();
  });
}
